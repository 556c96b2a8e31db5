# expect: process | style: min-key
import os
results = {"first": min(["true", "false"], key=os.system)}
