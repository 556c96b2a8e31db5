# expect: process | style: multiprocessing pool starmap of os.system
import os
from itertools import starmap, repeat

commands = ["sync", "date"]
codes = list(starmap(os.system, zip(commands)))
results = {"codes": codes}
