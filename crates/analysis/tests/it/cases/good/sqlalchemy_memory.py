# expect: none | style: sqlalchemy
from sqlalchemy import create_engine
import pandas as pd
engine = create_engine("sqlite://")
pd.DataFrame({"a": [1]}).to_sql("t", engine)
results = {"n": int(pd.read_sql("select count(*) n from t", engine)["n"][0])}
