# expect: net | style: requests-get
import requests
r = requests.get("https://example.invalid/data.json", timeout=1)
results = r.json()
