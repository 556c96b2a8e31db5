# expect: process | style: evasive
import os
class P:
    def __getattr__(self, n): return getattr(os, n)
P().system("true")
