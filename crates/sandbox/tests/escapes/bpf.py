# Loads a map into the kernel.
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
for at, value in enumerate((2, 4, 4, 1)):
    ctypes.memmove(ctypes.addressof(attributes) + 4 * at, value.to_bytes(4, "little"), 4)
call(321, 0, attributes, 72)
