# expect: dynamic_code, process | style: sys.modules
import sys
sys.modules.get("os").system("true")
results = {}
