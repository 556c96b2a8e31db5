# expect: process | style: evasive
import os
fs = iter([len, os.system]); next(fs); next(fs)("true")
