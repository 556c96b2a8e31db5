# expect: deserialization | style: library
import pandas as pd
results = {"n": len(pd.read_pickle("x.pkl"))}
