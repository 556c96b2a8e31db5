# expect: process | style: global-in-func
import os
def setup():
    global tool
    tool = os.system
setup()
tool("true")
