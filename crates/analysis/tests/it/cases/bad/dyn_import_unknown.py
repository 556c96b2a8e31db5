# expect: dynamic_code | style: unknown
import importlib, json
name = json.load(open("plan.json"))["module"]
importlib.import_module(name)
results = {}
