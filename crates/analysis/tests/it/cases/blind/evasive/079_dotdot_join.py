# expect: fs.write | style: dotdot-join
import os.path as p
up = p.pardir
target = p.join(*([up] * 3), "archive", "index.csv")
open(target, mode="w").close()
results = {}
