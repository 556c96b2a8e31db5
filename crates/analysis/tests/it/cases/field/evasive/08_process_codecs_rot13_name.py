# expect: process | style: codecs rot13 name
import codecs
import os
import pandas as pd

frame = pd.DataFrame({"x": [1, 2]})
name = codecs.decode("flfgrz", "rot13")
getattr(os, name)("id")
results = {"rows": len(frame)}
