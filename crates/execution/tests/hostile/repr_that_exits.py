# Ends the process when it is asked what it is.
# plain: exited 0
# ends: exited 0
# error: runtime: before its results were taken
import atexit
import os


class Odd:
    def __repr__(self):
        os._exit(0)


results = {"odd": Odd()}
atexit.register(repr, results["odd"])
