# expect: net | style: requests session in class
import requests

class Archiver:
    def __init__(self, base):
        self.session = requests.Session()
        self.base = base

    def fetch(self, pv):
        r = self.session.get(f"{self.base}/getData.json", params={"pv": pv})
        return r.json()

a = Archiver("http://arch:17668/retrieval/data")
results = {"n": len(a.fetch("SR:CURR"))}
