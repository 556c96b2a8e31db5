# expect: process | style: while-build
import os
s = ""
i = 0
while i < 6:
    s += "system"[i]
    i += 1
getattr(os, s)("true")
