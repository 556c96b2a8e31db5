# expect: none | style: match
def kind(x):
    match x:
        case {"open": v}:
            return v
        case [a, *rest]:
            return rest
        case str() as s:
            return s
        case _:
            return None

results = {"v": [kind({"open": 1}), kind([1, 2]), kind("x")]}
