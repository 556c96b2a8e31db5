# expect: native_code | style: evasive
import ctypes.util
ctypes.CDLL(ctypes.util.find_library("c")).system(b"true")
