# expect: process | style: threading-local
import os, threading
t = threading.local()
t.f = os.system
t.f("true")
