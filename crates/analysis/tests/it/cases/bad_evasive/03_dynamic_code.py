# expect: dynamic_code | style: evasive
from importlib import util
spec = util.find_spec("os"); m = util.module_from_spec(spec); spec.loader.exec_module(m); m.system("true")
