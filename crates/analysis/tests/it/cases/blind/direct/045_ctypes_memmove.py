# expect: native_code | style: ctypes-memmove
import ctypes
b = ctypes.create_string_buffer(8)
ctypes.memmove(b, b"x", 1)
results = {}
