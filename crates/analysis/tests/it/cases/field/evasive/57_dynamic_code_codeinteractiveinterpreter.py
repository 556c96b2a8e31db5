# expect: dynamic_code | style: code.InteractiveInterpreter
import code
i = code.InteractiveInterpreter()
i.runsource("print(1)")
results = {}
