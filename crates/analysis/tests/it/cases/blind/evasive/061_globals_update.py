# expect: process | style: globals-update
import os
globals().update({"measure": os.system})
results = {"rc": measure("true")}
