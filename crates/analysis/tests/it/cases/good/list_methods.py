# expect: none | style: list
items = [3, 1, 2]
items.remove(3)
items.sort(key=lambda x: -x)
items.extend(range(3))
d = {"open": 1}
d.update(close=2)
d.pop("open")
results = {"i": items, "d": d}
