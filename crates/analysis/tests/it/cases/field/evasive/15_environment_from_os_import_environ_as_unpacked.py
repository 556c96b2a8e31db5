# expect: environment | style: from os import environ as unpacked
from os import environ as config
import json

def connection():
    return {**config}

c = connection()
results = {"keys": sorted(c)[:5]}
