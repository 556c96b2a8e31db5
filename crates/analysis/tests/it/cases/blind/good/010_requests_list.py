# expect: none | style: requests-list
requests = [{"url": "a", "ms": 10}, {"url": "b", "ms": 30}]
requests.sort(key=lambda r: r["ms"])
session = requests[0]
get = session.get
results = {"fast": get("url")}
