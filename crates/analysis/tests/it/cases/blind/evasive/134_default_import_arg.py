# expect: net | style: default-import-arg
def get(url, _open=__import__("urllib.request", fromlist=["urlopen"]).urlopen):
    return _open(url, timeout=0.1)

try:
    get("http://127.0.0.1:9/")
except OSError:
    pass
results = {}
