# expect: introspection | style: inspect
import inspect
results = {"n": inspect.currentframe().f_back is None}
