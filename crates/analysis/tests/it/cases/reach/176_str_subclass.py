# expect: process | style: str-subclass
import os
class Name(str):
    def __str__(self): return "system"
getattr(os, str(Name("x")))("true")
