# expect: fs.write | style: print-file
import sys, io
sys.stdout = io.TextIOWrapper(io.FileIO("/srv/archive/out.txt", "w"))
print("hello")
sys.stdout.flush()
sys.stdout = sys.__stdout__
results = {}
