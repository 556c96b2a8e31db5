# Opens a file by a handle, past every path.
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


handle = ctypes.create_string_buffer(136)
ctypes.memmove(handle, (128).to_bytes(4, "little"), 4)
mount = ctypes.c_int()
call(303, -100, b"/usr/bin/env", handle, ctypes.byref(mount), 0)
