# expect: artifact | style: sqlite in run folder
import sqlite3
with sqlite3.connect("results.db") as con:
    con.execute("create table if not exists r(k text, v real)")
    con.executemany("insert into r values (?, ?)", [("a", 1.0), ("b", 2.0)])
    con.commit()
    n = con.execute("select count(*) from r").fetchone()[0]
results = {"n": n}
