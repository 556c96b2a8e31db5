# expect: database | style: server
import psycopg2
con = psycopg2.connect("dbname=x")
results = {}
