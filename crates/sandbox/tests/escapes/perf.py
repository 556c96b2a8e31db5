# Watches the kernel's counters.
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


attributes = ctypes.create_string_buffer(128)
ctypes.memmove(attributes, (1).to_bytes(4, "little") + (128).to_bytes(4, "little"), 8)
call(298, attributes, 0, -1, -1, 0)
