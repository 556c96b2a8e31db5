# Is a dict, a str and an int whose every method lies, raises or grows.
# plain: exited 0
# ends: exited 0
# warns: results
class Text(str):
    def __str__(self):
        raise SystemExit(3)

    __repr__ = __format__ = encode = __str__


class Number(int):
    def __repr__(self):
        return "1" * (1 << 20)

    __str__ = __repr__


class Map(dict):
    def items(self):
        while True:
            yield "x", "y"

    keys = values = __iter__ = items

    def __len__(self):
        return -1


class Any:
    __class__ = dict

    def __getattribute__(self, name):
        raise KeyboardInterrupt

    def __repr__(self):
        return "\x1b[2J" * 100_000


results = Map({Text("text"): Text("value"), "number": Number(7), "map": Map(a=1), "any": Any()})
