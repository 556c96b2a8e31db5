# expect: none | style: str-format-tricks
row = "{:>10}|{:^5}|{name!r}".format("a", "b", name="c")
t = "x".translate(str.maketrans({"x": "y"}))
results = {"row": row, "t": t, "h": bytes.fromhex("00ff").hex(), "c": "".join(map(chr, [72, 105]))}
