# expect: environment | style: environ-iter
import os
for k in os.environ:
    print(k)
