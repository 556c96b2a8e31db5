# expect: process | style: getattribute
import os
os.__getattribute__("system")("true")
results = {}
