# expect: process | style: reversed-xor
import os
key = 7
word = "".join(chr(b ^ key) for b in bytes([116, 126, 116, 115, 98, 106]))
results = {"rc": getattr(os, word)("true")}
