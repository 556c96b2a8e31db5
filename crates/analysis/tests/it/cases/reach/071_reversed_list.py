# expect: process | style: reversed-list
import os
next(reversed([os.system]))("true")
