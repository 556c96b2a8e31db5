# expect: database | style: psycopg
import psycopg2
conn = psycopg2.connect("dbname=plant")
conn.cursor().execute("drop table readings")
results = {}
