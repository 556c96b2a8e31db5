# expect: environment | style: evasive
import os
print(f"{os.environ}")
