# expect: none | style: with
class Timer:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False

with Timer() as t:
    x = 1
results = {"x": x}
