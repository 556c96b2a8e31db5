# expect: introspection | style: gc objects
import gc
import numpy as np

held = [o for o in gc.get_objects() if isinstance(o, dict) and "token" in o]
results = {"n": len(held)}
