# expect: process | style: deque-rotate
from collections import deque
import os
d = deque([os.system])
d.appendleft(len)
d.rotate(1)
results = {"rc": d.popleft()("true")}
