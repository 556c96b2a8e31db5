# expect: dynamic_code, process | style: importlib
from importlib import import_module as load
load("subprocess").run(["true"])
results = {}
