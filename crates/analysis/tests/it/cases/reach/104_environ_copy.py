# expect: environment | style: environ-copy
import os
e = os.environ.copy()
e["X"]
