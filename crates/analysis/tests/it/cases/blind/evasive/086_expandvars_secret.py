# expect: environment | style: expandvars-secret
import os.path
results = {"t": os.path.expandvars("$API_TOKEN")}
