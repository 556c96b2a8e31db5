# expect: process | style: evasive
import os
a = [getattr(os, n) for n in dir(os) if n.startswith("sys") and n.endswith("tem")]
a[0]("true")
