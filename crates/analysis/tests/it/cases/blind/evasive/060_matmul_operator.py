# expect: fs.write | style: matmul-operator
class To:
    def __init__(self, path):
        self.path = path
    def __rmatmul__(self, text):
        with open(self.path, "a") as f:
            f.write(text)

"line\n" @ To("/srv/archive/log.txt")
results = {}
