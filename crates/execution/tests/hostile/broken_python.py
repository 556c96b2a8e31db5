# Takes away what the end of a run is made of.
# plain: exited 0
# ends: exited 1
# error: runtime: exit status 1 before its results
import builtins
import gc
import os
import sys

for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith(("json", "pyexec", "socket", "traceback", "struct")):
        module.__dict__.clear()
results = {"x": 1}
