# expect: process | style: thread-subclass
import os, threading
class T(threading.Thread):
    def run(self):
        os.system("true")
T().start()
