# expect: none | style: base64-data
import base64, struct, zlib
raw = struct.pack("<4f", 1, 2, 3, 4)
text = base64.b64encode(zlib.compress(raw)).decode()
back = struct.unpack("<4f", zlib.decompress(base64.b64decode(text)))
results = {"v": list(back)}
