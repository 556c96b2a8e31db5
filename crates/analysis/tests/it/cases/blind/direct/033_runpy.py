# expect: dynamic_code | style: runpy
import runpy
runpy.run_path("other.py")
results = {}
