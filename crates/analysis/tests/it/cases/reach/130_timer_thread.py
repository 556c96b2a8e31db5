# expect: process | style: timer-thread
import os
from threading import Timer
Timer(0, os.system, ["true"]).start()
