# expect: dynamic_code | style: spec-loader
import importlib.util as iu
spec = iu.find_spec("subproc" + "ess")
mod = iu.module_from_spec(spec)
spec.loader.exec_module(mod)
results = {"out": mod.getoutput("true")}
