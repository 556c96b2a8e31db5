# expect: process | style: for-else
import os
for _ in []:
    f = len
else:
    f = os.system
f("true")
