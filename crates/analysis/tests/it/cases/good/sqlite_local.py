# expect: artifact | style: sqlite
import sqlite3
with sqlite3.connect("work.db") as db:
    db.execute("create table if not exists t (x)")
results = {}
