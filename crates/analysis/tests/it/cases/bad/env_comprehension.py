# expect: environment | style: comprehension
import os
results = {k: v for k, v in os.environ.items() if "KEY" in k}
