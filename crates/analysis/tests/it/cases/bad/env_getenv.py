# expect: environment | style: from-import
from os import getenv
results = {"t": getenv("NOSUCH_TOKEN")}
