# expect: database | style: sqlalchemy-engine
from functools import partial
import sqlite3
opener = partial(sqlite3.connect, timeout=1)
db = opener("/srv/archive/plant.db")
results = {"n": db.total_changes}
