# expect: dynamic_code | style: evasive
exec(__import__("zlib").decompress(b"x"))
