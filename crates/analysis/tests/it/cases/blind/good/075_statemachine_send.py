# expect: none | style: statemachine-send
def averager():
    total, n, avg = 0.0, 0, None
    while True:
        total += yield avg
        n += 1
        avg = total / n

a = averager()
next(a)
connection = a
connection.send(1)
results = {"avg": connection.send(3)}
