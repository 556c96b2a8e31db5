# expect: process | style: future-callback
import os
from concurrent.futures import Future
f = Future()
f.add_done_callback(lambda fut: os.system(fut.result()))
f.set_result("true")
