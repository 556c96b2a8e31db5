# expect: process | style: os.exec family via loop on dir
import os

for name in dir(os):
    if name.startswith("exec") and name.endswith("vp"):
        getattr(os, name)("ls", ["ls"])
results = {}
