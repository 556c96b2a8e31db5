# expect: introspection | style: gc
import gc
results = {"n": len(gc.get_objects())}
