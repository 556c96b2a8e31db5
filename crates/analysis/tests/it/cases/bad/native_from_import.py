# expect: native_code | style: from-import
from ctypes import cdll
cdll.LoadLibrary("libc.so.6")
results = {}
