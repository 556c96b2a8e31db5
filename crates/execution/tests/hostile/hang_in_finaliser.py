# Never ends the interpreter's own end.
# plain: hangs
# ends: deadline
# error: timeout: the code ended, but its process did not
import os
import sys
import time


class Last:
    def __del__(self, write=os.write, sleep=time.sleep):
        write(1, b"here\n")
        sleep(1000)


sys.last = Last()
results = {}
