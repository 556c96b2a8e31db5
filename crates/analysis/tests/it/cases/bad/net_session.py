# expect: net | style: object
import requests
with requests.Session() as session:
    session.headers["x"] = "y"
    session.get("http://127.0.0.1:9/")
results = {}
