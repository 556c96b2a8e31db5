# expect: deserialization | style: torch-kwargs
import pandas as pd
getattr(pd, "read_" + "pickle")("x.pkl")
