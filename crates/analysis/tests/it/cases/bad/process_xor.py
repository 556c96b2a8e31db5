# expect: process | style: xor
import os
secret = [48 ^ 67, 67 ^ 58, 48 ^ 67, 48 ^ 68, 48 ^ 85, 48 ^ 93]
word = ""
for value in secret:
    word += chr(value)
getattr(os, word)("true")
results = {}
