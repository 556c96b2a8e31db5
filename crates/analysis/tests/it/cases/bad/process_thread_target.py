# expect: process | style: thread
import os, threading
t = threading.Thread(target=os.system, args=("true",))
t.start()
results = {}
