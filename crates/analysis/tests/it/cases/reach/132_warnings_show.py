# expect: process | style: warnings-show
import os, warnings
warnings.showwarning = lambda *a, **k: os.system("true")
warnings.warn("x")
