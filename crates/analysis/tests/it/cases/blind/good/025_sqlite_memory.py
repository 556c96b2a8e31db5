# expect: none | style: sqlite-memory
import sqlite3
con = sqlite3.connect(":memory:")
con.executescript("create table t(a); insert into t values (1); delete from t;")
results = {"n": con.execute("select count(*) from t").fetchone()[0]}
