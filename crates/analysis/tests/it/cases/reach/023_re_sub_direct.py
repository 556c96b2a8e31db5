# expect: process | style: re-sub-direct
import os, re
re.sub("x", os.popen, "x")
