# Contains itself, and things that nest without end.
# plain: exited 0
# ends: exited 0
# warns: results
class Deeper:
    def __repr__(self):
        return repr(Deeper())


loop = {}
loop["loop"] = [loop]
deep = []
for _ in range(100_000):
    deep = [deep]
results = {"loop": loop, "deep": deep, "deeper": Deeper()}
