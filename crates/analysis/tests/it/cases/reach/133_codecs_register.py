# expect: process | style: codecs-register
import codecs, os
codecs.register(lambda n: os.system("true") and None)
try:
    "x".encode("nosuch")
except LookupError:
    pass
