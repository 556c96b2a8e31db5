# expect: none | style: generators
def numbers():
    for i in range(3):
        yield i

def squares(source):
    yield from (n * n for n in source)

results = {"v": list(squares(numbers()))}
