# expect: process | style: evasive
import atexit, os
atexit.register(os.system, "true")
