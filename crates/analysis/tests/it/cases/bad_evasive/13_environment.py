# expect: environment | style: evasive
import os
os.environ.copy()
