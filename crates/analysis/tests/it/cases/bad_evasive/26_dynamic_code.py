# expect: dynamic_code | style: evasive
import types
m = types.ModuleType("m")
exec("x=1", m.__dict__)
