# expect: fs.write | style: parent-escape
with open("../../index.csv", "w") as f:
    f.write("x")
results = {}
