# expect: process | style: cause-chain
import os
try:
    try:
        raise ValueError(os.system)
    except ValueError as a:
        raise KeyError from a
except KeyError as b:
    b.__cause__.args[0]("true")
