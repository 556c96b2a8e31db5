# expect: none | style: look-alike
parts = ["os", "system"]
name = ".".join(parts)
results = {"name": name, "rev": name[::-1], "chars": "".join(chr(ord(c) + 1) for c in name)}
