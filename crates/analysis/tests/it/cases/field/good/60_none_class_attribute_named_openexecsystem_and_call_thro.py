# expect: none | style: class attribute named open/exec/system and call through self
class Valve:
    def __init__(self):
        self.is_open = False
    def open(self):
        self.is_open = True
    def close(self):
        self.is_open = False
    def exec(self, cmd):
        return getattr(self, cmd)()
    def system(self):
        return "vacuum"
    def write(self, x):
        return x
    def connect(self, other):
        self.other = other

v = Valve()
v.exec("open")
v.write(3)
v.connect("host")
results = {"open": v.is_open, "sys": v.system()}
