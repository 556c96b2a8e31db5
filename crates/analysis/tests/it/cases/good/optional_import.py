# expect: none | style: importlib
import importlib.util
has_seaborn = importlib.util.find_spec("seaborn") is not None
results = {"seaborn": has_seaborn}
