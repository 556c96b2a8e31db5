# expect: process | style: key
import os
sorted(["true"], key=os.system)
results = {}
