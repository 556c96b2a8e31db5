# expect: process | style: tuple
import os
first, (second, *rest) = 1, (os.system, 2, 3)
second("true")
results = {}
