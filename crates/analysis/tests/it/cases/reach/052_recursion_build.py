# expect: process | style: recursion-build
import os
def rev(s):
    return s if len(s) < 2 else rev(s[1:]) + s[0]
getattr(os, rev("metsys"))("true")
