# expect: none | style: object with put, write, delete, remove methods in dict/list/queue
from collections import OrderedDict, deque, defaultdict

class Lru:
    def __init__(self, n):
        self.n, self.d = n, OrderedDict()
    def get(self, k):
        self.d.move_to_end(k)
        return self.d[k]
    def put(self, k, v):
        self.d[k] = v
        if len(self.d) > self.n:
            self.d.popitem(last=False)
    def delete(self, k):
        self.d.pop(k, None)

c = Lru(2)
for k in "abca":
    c.put(k, ord(k))
c.delete("c")
d = deque([1, 2, 3], maxlen=3)
d.remove(2)
dd = defaultdict(list)
dd["x"].append(1)
results = {"keys": list(c.d), "d": list(d)}
