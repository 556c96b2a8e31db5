# expect: environment | style: environ-items
import os
results = {k: v for k, v in os.environ.items()}
