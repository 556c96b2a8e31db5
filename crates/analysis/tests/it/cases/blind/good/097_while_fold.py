# expect: artifact | style: while-fold
i, name = 0, ""
while i < 3:
    name += "abc"[i]
    i += 1
with open(name + ".txt", "w") as f:
    f.write("x")
results = {"name": name}
