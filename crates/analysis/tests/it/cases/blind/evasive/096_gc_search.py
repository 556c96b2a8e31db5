# expect: introspection | style: gc-search
import gc
found = [o for o in gc.get_objects() if isinstance(o, dict) and "system" in o]
results = {"n": len(found)}
