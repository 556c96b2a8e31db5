# expect: net | style: local-import
def send(data):
    import urllib.request as u
    return u.urlopen("http://127.0.0.1:9", data)

send(b"x")
results = {}
