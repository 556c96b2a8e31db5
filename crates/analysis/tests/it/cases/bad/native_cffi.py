# expect: native_code | style: cffi
from cffi import FFI
ffi = FFI()
ffi.dlopen(None)
results = {}
