# Makes a process with a call whose arguments no filter sees.
# refused: ENOSYS
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


arguments = (ctypes.c_uint64 * 8)()
arguments[4] = 17  # SIGCHLD
if call(435, ctypes.byref(arguments), ctypes.sizeof(arguments)) == 0:
    os._exit(0)
