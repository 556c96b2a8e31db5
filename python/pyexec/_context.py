"""``context``: the run's named data, as ``context.TYPE.key``. Read-only, because changing it would change nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

#: Methods that libraries call on a dict (``pandas.DataFrame``, ``json``): as attributes these stay methods, also if
#: there is a key of that name. Every other key wins over a method, ``values`` for one.
_METHODS = frozenset({"get", "items", "keys"})


class ContextData(dict):  # type: ignore[type-arg]
    """A dict whose keys are attributes as well."""

    __slots__ = ("_path",)

    def __init__(self, data: dict[str, Any], path: str) -> None:
        super().__init__({key: _wrap(value, f"{path}.{key}") for key, value in data.items()})
        object.__setattr__(self, "_path", path)

    def __getattribute__(self, name: str) -> Any:
        if name not in _METHODS and not name.startswith("_") and dict.__contains__(self, name):
            return dict.__getitem__(self, name)
        return super().__getattribute__(name)

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(_missing(self, name))

    def __missing__(self, name: Any) -> NoReturn:
        raise KeyError(_missing(self, name))

    def __dir__(self) -> list[str]:
        return sorted({*self.keys(), *_METHODS})

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def _refuse(self, *_args: Any, **_named: Any) -> NoReturn:
        raise TypeError("context is read-only: put what is new in a variable, in results, or in an artifact")

    __setattr__ = __delattr__ = __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


def _wrap(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return ContextData(value, path)
    if isinstance(value, list):
        return [_wrap(item, f"{path}[{index}]") for index, item in enumerate(value)]
    return value


def _missing(data: ContextData, name: Any) -> str:
    path = object.__getattribute__(data, "_path")
    names = list(dict.keys(data))
    if not names:
        return f"{path} is empty: this run was given no such data" if path == "context" else f"{path} is empty"
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    close = _closest(str(name), names)
    return f"{path} has no {name!r}" + (f"; did you mean {close!r}?" if close else "") + f" It has: {shown}"


def _closest(name: str, names: list[str]) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(name, names, n=1)), None)


#: The run's data; filled before the code starts.
context = ContextData({}, "context")


def fill(data: Any) -> None:
    """Takes the run's data: types of keys of values."""
    if not isinstance(data, dict):
        raise TypeError("the context is not a JSON object")
    dict.update(context, ContextData(data, "context"))
