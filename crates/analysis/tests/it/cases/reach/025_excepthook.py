# expect: process | style: excepthook
import os, sys
sys.excepthook = lambda *a: os.system("true")
raise ValueError
