# expect: fs.write | style: dotdot
import os
name = os.path.join("out", "..", "..", "x.csv")
open(name, "w").close()
results = {}
