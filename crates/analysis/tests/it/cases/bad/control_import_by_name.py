# expect: control.write, dynamic_code | style: importlib
import importlib
importlib.import_module("ep" + "ics").caput("A:SP", 1)
results = {}
