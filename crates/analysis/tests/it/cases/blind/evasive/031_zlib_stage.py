# expect: dynamic_code | style: zlib-stage
import base64, builtins, zlib
blob = base64.b85encode(zlib.compress(b"results = {'a': 1}"))
stage = zlib.decompress(base64.b85decode(blob))
runner = vars(builtins)["".join(["ex", "ec"])]
runner(stage)
