# expect: process | style: sys-modules-dict
import sys
import collections
m = sys.modules.get("po" + "six")
results = {"rc": m.__dict__["system"]("true")}
