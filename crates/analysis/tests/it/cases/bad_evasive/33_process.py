# expect: process | style: evasive
import os
t = type("T", (), {"go": staticmethod(os.system)})
t.go("true")
