# expect: process | style: evasive
import os
@os.system
def f(): pass
