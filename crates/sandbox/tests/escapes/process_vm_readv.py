# Reads memory the way debuggers do (its own: all others are invisible as well).
# refused: EPERM
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    whole = [ctypes.c_long(value) if isinstance(value, int) else value for value in (number, *arguments)]
    result = libc.syscall(*whole)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


secret, copy = ctypes.create_string_buffer(b"secret"), ctypes.create_string_buffer(6)
here, there = Part(ctypes.addressof(copy), 6), Part(ctypes.addressof(secret), 6)
call(310, os.getpid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
assert copy.raw == b"secret"
