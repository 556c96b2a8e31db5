# expect: process | style: unicode
import os
os.ｓystem("true")
results = {}
