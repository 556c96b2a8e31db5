# Reads the kernel's log.
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


SYSLOG_ACTION_SIZE_BUFFER = 10
call(103, SYSLOG_ACTION_SIZE_BUFFER, None, 0)
