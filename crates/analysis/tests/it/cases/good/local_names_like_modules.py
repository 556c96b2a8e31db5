# expect: none | style: shadowing
def system(x):
    return x * 2

def remove(items, item):
    return [i for i in items if i != item]

class requests:
    @staticmethod
    def get(key):
        return {"a": 1}[key]

eval = lambda x: x
results = {"v": [system(2), remove([1, 2], 1), requests.get("a"), eval("1")]}
