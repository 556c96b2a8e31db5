# expect: environment | style: whole
import os
results = {"e": dict(os.environ)}
