# expect: deserialization | style: pickle-reduce
import pickle as serializer

class P:
    def __reduce__(self):
        return print, ("hi",)

payload = serializer.dumps(P())
reader = getattr(serializer, "lo" + "ads")
raw = bytes(bytearray(payload))
reader(open("model.bin", "rb").read() if False else raw)
reader(open("given.pkl", "rb").read())
results = {}
