# expect: database | style: read-sql
import pandas as pd
from sqlalchemy import create_engine
engine = create_engine("postgresql://u:p@db.invalid/plant")
results = {"n": len(pd.read_sql("select 1", engine))}
