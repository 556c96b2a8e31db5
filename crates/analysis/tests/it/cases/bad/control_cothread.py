# expect: control.write | style: cothread
from cothread.catools import *
caput("A:SP", 1)
results = {}
