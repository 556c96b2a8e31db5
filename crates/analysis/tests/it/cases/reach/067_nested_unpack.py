# expect: process | style: nested-unpack
import os
(a, (b, [c, *d])), e = (1, (2, [3, os.system])), 4
d[0]("true")
