# expect: process | style: getmembers
import os, inspect
for n, v in inspect.getmembers(os):
    if n == "system":
        v("true")
