# expect: database | style: url
from sqlalchemy import create_engine
user = "x"
engine = create_engine(f"postgresql://{user}@h/db")
results = {}
