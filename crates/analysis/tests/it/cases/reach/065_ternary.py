# expect: process | style: ternary
import os
import random
(os.system if random.random() >= 0 else print)("true")
