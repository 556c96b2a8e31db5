# expect: process | style: iter-sentinel
import os
from functools import partial
results = {"rc": next(iter(partial(os.system, "true"), 1))}
