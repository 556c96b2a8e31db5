# expect: native_code | style: cffi-dlopen
from cffi import FFI
ffi = FFI()
ffi.cdef("int getpid(void);")
results = {"p": ffi.dlopen(None).getpid()}
