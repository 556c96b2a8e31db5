# expect: none | style: bytes protocol parser with struct
import struct
import binascii

raw = struct.pack("<4sHHf", b"HEAD", 1, 12, 3.25) + b"\x00\xff"
magic, version, length, value = struct.unpack_from("<4sHHf", raw)
crc = binascii.crc32(raw)
view = memoryview(raw)
results = {"magic": magic.decode("ascii"), "v": version, "value": value, "crc": crc, "hex": raw.hex(), "tail": bytes(view[-2:]).hex()}
