# expect: process | style: evasive
import threading, os
threading.Timer(0, os.system, ["true"]).start()
