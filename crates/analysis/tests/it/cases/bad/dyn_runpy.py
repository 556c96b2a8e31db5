# expect: dynamic_code | style: runpy
import runpy
runpy.run_path("tool.py")
results = {}
