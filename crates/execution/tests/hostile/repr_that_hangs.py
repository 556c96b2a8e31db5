# Never says what it is.
# plain: hangs
# ends: deadline
# error: timeout: longer than
import atexit
import time


class Odd:
    def __repr__(self):
        print("here", flush=True)
        time.sleep(1000)
        return "odd"


results = {"odd": Odd()}
# in plain Python nobody asks
atexit.register(repr, results["odd"])
