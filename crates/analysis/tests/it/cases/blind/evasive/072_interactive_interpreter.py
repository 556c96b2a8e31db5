# expect: dynamic_code | style: interactive-interpreter
from code import InteractiveInterpreter as Shell
Shell({}).runsource("import os; print(os.getpid())")
results = {}
