# expect: process | style: reversed
import os
getattr(os, "metsys"[::-1])("true")
results = {}
