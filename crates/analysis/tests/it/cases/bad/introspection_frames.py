# expect: introspection | style: frames
import sys
frame = sys._getframe()
results = {"n": frame.f_lineno}
