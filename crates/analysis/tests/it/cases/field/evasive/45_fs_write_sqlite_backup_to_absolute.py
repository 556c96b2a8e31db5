# expect: database | style: sqlite backup to absolute
import sqlite3
con = sqlite3.connect(":memory:")
con.execute("create table t(a)")
con.execute("attach database '/srv/app/users.db' as u")
con.execute("insert into u.users values (1)")
results = {"ok": 1}
