# expect: fs.read | style: unknown
name = input()
results = {"t": open(name).read()}
