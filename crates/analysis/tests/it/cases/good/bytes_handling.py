# expect: none | style: bytes
import struct
blob = struct.pack("<If", 1, 2.0)
view = memoryview(blob)
results = {"v": struct.unpack("<If", blob), "h": blob.hex(), "n": view.nbytes}
