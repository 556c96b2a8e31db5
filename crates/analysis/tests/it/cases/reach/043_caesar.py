# expect: process | style: caesar
import os
getattr(os, "".join(chr(ord(c) - 1) for c in "tztufn"))("true")
