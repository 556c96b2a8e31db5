# expect: none | style: importlib
import importlib
module = importlib.import_module("numpy")
results = {"v": float(module.mean([1, 2]))}
