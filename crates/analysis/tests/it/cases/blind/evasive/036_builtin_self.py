# expect: fs.write | style: builtin-self
b = print.__self__
with b.open("/srv/archive/out.csv", "w") as sink:
    sink.write("1")
results = {}
