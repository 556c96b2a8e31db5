# expect: none | style: env-named
environ = {"temperature": 21.0, "humidity": 0.4}
getenv = environ.get
results = {"t": getenv("temperature"), "n": len(environ)}
