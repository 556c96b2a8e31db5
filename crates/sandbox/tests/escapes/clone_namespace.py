# Makes a process in a user namespace.
# refused: EPERM
# grants: process
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    whole = [ctypes.c_long(value) if isinstance(value, int) else value for value in (number, *arguments)]
    result = libc.syscall(*whole)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


CLONE_NEWUSER, SIGCHLD = 0x10000000, 17
if call(56, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) == 0:
    os._exit(0)
