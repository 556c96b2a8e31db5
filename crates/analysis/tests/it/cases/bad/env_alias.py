# expect: environment | style: alias
from os import environ as e
results = {"t": e["NOSUCH"]}
