# expect: process | style: ycomb
import os
(lambda f: f(f))(lambda s: os.system)("true")
