# Mounts a file system.
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


CLONE_NEWUSER, CLONE_NEWNS = 0x10000000, 0x00020000
call(272, CLONE_NEWUSER | CLONE_NEWNS)
call(165, b"tmpfs", b"/tmp", b"tmpfs", 0, None)
