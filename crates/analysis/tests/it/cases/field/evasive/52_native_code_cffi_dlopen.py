# expect: native_code | style: cffi dlopen
from cffi import FFI
ffi = FFI()
ffi.cdef("int puts(const char*);")
C = ffi.dlopen(None)
C.puts(b"hi")
results = {}
