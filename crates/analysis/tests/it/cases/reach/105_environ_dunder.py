# expect: environment | style: environ-dunder
import os
os.environ._data
