# Sets the bit with the youngest call.
# refused: ENOSYS
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    whole = [ctypes.c_long(value) if isinstance(value, int) else value for value in (number, *arguments)]
    result = libc.syscall(*whole)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


os.close(os.open("program", os.O_WRONLY | os.O_CREAT))
call(452, -100, b"program", 0o4755, 0)
