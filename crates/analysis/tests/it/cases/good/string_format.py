# expect: none | style: format
row = "{name:>10} {value:.3f}".format(name="x", value=1.0)
other = "%s has %d (%5.2f)" % ("a", 3, 2.5)
results = {"r": row, "o": other, "z": "{0[a]}".format({"a": 1})}
