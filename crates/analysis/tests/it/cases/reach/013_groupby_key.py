# expect: process | style: groupby-key
import os
from itertools import groupby
[k for k, _ in groupby(["true"], key=os.system)]
