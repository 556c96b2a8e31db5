# expect: environment | style: os.environ via vars
import os
import pandas as pd

settings = vars(os)["environ"]
token = settings.get("API_TOKEN", "")
results = {"has_token": bool(token), "length": len(token)}
