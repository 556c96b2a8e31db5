# expect: native_code | style: attribute
import ctypes as c
c.pythonapi.Py_IncRef(None)
results = {}
