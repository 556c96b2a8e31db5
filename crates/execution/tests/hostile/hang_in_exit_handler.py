# Never ends its exit handler.
# plain: hangs
# ends: deadline
# error: timeout: an exit handler that it left behind
import atexit
import time


def wait():
    print("here", flush=True)
    time.sleep(1000)


atexit.register(wait)
results = {}
