# expect: database | style: file
import sqlite3
con = sqlite3.connect("/nonexistent/x.db")
results = {}
