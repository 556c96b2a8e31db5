# expect: none | style: find-spec
import importlib.util
results = {"torch": importlib.util.find_spec("torch") is not None}
