# expect: none | style: method-names
class Robot:
    def __init__(self):
        self.log = []

    def write(self, text):
        self.log.append(text)

    def connect(self, other):
        self.write(f"connect {other}")

    def send(self, x):
        self.write(x)

    def unlink(self):
        self.log.clear()

    def system(self, cmd):
        return cmd

r = Robot()
r.connect("b")
r.send("x")
r.system("ls")
r.unlink()
results = {"n": len(r.log)}
