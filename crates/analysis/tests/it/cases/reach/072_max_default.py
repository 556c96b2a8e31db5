# expect: process | style: max-default
import os
max([], default=os.system)("true")
