# expect: database | style: sqlite-file
import sqlite3
con = sqlite3.connect("/srv/archive/plant.db")
con.execute("delete from readings")
con.commit()
results = {}
