# expect: process | style: __dict__
import os
os.__dict__.get("po" + "pen")("true")
results = {}
