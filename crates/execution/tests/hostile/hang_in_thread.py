# Leaves a thread behind that no one can join.
# plain: hangs
# ends: deadline
# error: timeout: a thread
import threading
import time


def wait():
    print("here", flush=True)
    time.sleep(1000)


threading.Thread(target=wait).start()
results = {}
