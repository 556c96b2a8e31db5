# expect: database | style: pandas read_sql with psycopg
import pandas as pd
import psycopg
with psycopg.connect("host=db user=ops") as con:
    df = pd.read_sql("select * from shots", con)
results = {"n": len(df)}
