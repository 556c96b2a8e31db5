# expect: none | style: own-delete-method
class Store:
    def __init__(self):
        self.rows = {}
    def write(self, k, v):
        self.rows[k] = v
    def delete(self, k):
        self.rows.pop(k, None)
    def unlink(self, k):
        self.delete(k)

s = Store()
s.write("a", 1)
s.unlink("a")
results = {"rows": s.rows}
