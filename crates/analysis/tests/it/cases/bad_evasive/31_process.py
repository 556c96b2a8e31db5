# expect: process | style: evasive
import os, functools
functools.reduce(lambda f, g: f(g), [os.system, "true"])
