# expect: net | style: http.client via import module string
import importlib
mod = importlib.import_module(".".join(("http", "client")))
conn = mod.HTTPConnection("10.0.0.1")
conn.request("POST", "/x", body="data")
results = {}
