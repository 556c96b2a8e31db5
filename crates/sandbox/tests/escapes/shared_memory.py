# Makes System V shared memory, which outlives its process.
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


IPC_PRIVATE, IPC_RMID = 0, 0
segment = call(29, IPC_PRIVATE, 4096, 0o600)
call(31, segment, IPC_RMID, None)
