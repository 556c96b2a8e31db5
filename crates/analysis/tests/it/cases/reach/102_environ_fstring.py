# expect: environment | style: environ-fstring
import os
print(f"{os.environ}")
