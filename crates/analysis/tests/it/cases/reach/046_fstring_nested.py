# expect: process | style: fstring-nested
import os
a = "s"
getattr(os, f"{a}y{a}{'tem':s}")("true")
