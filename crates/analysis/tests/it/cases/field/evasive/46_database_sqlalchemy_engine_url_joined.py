# expect: database | style: sqlalchemy engine url joined
from sqlalchemy import create_engine, text
parts = ("postgresql", "ops", "secret", "db.local", "archive")
url = "{}://{}:{}@{}/{}".format(*parts)
engine = create_engine(url)
with engine.begin() as con:
    con.execute(text("delete from shots"))
results = {"ok": True}
