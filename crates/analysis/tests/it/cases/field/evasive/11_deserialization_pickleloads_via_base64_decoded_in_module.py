# expect: deserialization | style: pickle.loads via base64 decoded in module
import base64
import pickle as serializer
import zlib

blob = "eJxrYJ0axwABAAWzAXE="
def load(data):
    return serializer.loads(zlib.decompress(base64.b64decode(data)))

model = load(blob)
results = {"model": str(model)}
