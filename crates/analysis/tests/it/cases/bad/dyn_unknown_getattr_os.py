# expect: process | style: unknown
import os, json
name = json.load(open("plan.json"))["call"]
getattr(os, name)("true")
results = {}
