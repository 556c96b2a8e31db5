# expect: native_code | style: ctypes via importlib alias
from importlib import import_module as load
import numpy as np

ct = load("c" + "types")
libm = ct.CDLL("libm.so.6")
libm.cos.restype = ct.c_double
x = libm.cos(ct.c_double(0.0))
results = {"cos": x}
