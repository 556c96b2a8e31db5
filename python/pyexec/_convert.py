"""Python values as JSON values. Types of numpy, pandas and matplotlib are recognised by name: none is imported.

Values are the script's own and may be hostile: a class can lie about what it is, fail when it is asked, or contain
itself. What a value is, is asked of its real type; whatever fails becomes a bounded ``repr``; depth and size are
limited."""

from __future__ import annotations

import math
import sys

from pyexec import _figures
from pyexec._report import cut, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    Handler: TypeAlias = Callable[["Converter", Any, int], Any]

_MAX_DEPTH = 64
_MAX_REPR = 2000
_MAX_KEY = 200
#: What every JSON reader can hold as an integer.
_INTEGERS = range(-(2**63), 2**64)

#: What values weigh in the host's memory, and the most that all may weigh: the numbers of its `weight.rs`. A host
#: refuses more.
MAX_WEIGHT = 48 << 20
_VALUE, _OBJECT, _ENTRY = 48, 512, 112

#: How numpy stores NaT.
_NOT_A_TIME = -(2**63)


class TooLarge(Exception):
    """The value does not fit."""


class Converter:
    """Converts one run's results, of ``weight`` at most; keeps names unique and warnings together."""

    def __init__(self, warnings: list[str], weight: int = MAX_WEIGHT) -> None:
        self._warnings = warnings
        self._weight = weight - _VALUE - _OBJECT
        self._open: set[int] = set()
        self._keys: dict[str, int] = {}
        self._where = ""
        self._room = 0
        self._lost = 0

    def warn(self, text: str) -> None:
        """For the reader of the results."""
        self._warnings.append(text)

    def key(self, key: Any) -> str:
        """A name for an entry of ``results``, unlike all others; ``TooLarge`` if there is no room for even a word."""
        self._room = 0
        self._spend(0, _ENTRY + _VALUE)
        return _unlike(self._keys, self._text_key(key))

    def convert(self, value: Any, name: str, room: int) -> Any:
        """JSON for ``results[name]``, of about ``room`` bytes at most."""
        self._where, self._room, self._lost = f"results[{cut(name, 60)!r}]", room, 0
        self._open.clear()
        before = self._weight
        try:
            converted = self._any(value, 0)
        except TooLarge:
            self._weight = before
            raise
        if self._lost:
            self.warn(f"{self._where}: {self._lost} values that are no numbers (NaN, infinity, NaT) became null")
        return converted

    def _any(self, value: Any, depth: int) -> Any:
        self._spend(1, _VALUE)
        kind = type(value)
        if value is None or kind is bool:
            return value
        handler = _handler(kind)
        if handler is None or depth > _MAX_DEPTH:
            return self._repr(value, "is nested too deeply and" if handler else "")
        if id(value) in self._open:
            self.warn(f"{self._where} contains itself")
            return "<itself>"
        self._open.add(id(value))
        try:
            return handler(self, value, depth)
        except TooLarge:
            raise
        except BaseException as error:  # the script's own code runs in here
            return self._repr(value, f"failed with {name_of(type(error))} and")
        finally:
            self._open.discard(id(value))

    def _spend(self, size: int, weight: int = 0) -> None:
        self._room -= size
        self._weight -= weight
        if self._room < 0 or self._weight < 0:
            raise TooLarge

    def _repr(self, value: Any, why: str) -> str:
        kind = name_of(type(value))
        try:
            text = str.__str__(repr(value))
        except BaseException as error:
            text = f"<{kind} whose repr failed with {name_of(type(error))}>"
        self.warn(f"{self._where}: a value of type {kind} {why}{' ' if why else ''}became its repr")
        return self._text(cut(text, _MAX_REPR))

    def _text(self, value: str, _depth: int = 0) -> str:
        text = str.__str__(value)
        self._spend(len(text))
        if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
            return text
        self.warn(f"{self._where}: a text with half a surrogate pair was changed")
        return text.encode("utf-8", "replace").decode()

    def _text_key(self, key: Any) -> str:
        kind = type(key)
        if issubclass(kind, str):
            return cut(str.__str__(key).encode("utf-8", "replace").decode(), _MAX_KEY)
        try:
            if kind in (int, float, bool, type(None)):
                return cut(str(key), _MAX_KEY)  # an int of thousands of digits refuses
            return cut(str(key.isoformat() if hasattr(key, "isoformat") else key), _MAX_KEY)
        except BaseException:
            return f"<{name_of(kind)}>"

    def _float(self, value: float, _depth: int = 0) -> float | None:
        number = float.__float__(value)
        if math.isfinite(number):
            self._spend(8)
            return number
        self._lost += 1
        return None

    def _int(self, value: int, _depth: int = 0) -> int | str:
        number = int.__int__(value)
        if number in _INTEGERS:
            return number
        self.warn(f"{self._where}: an integer of {number.bit_length()} bits became text")
        return hex(number) if number.bit_length() > 10_000 else self._text(str(number))

    def _complex(self, value: complex, _depth: int = 0) -> dict[str, Any]:
        number = complex.__complex__(value) if issubclass(type(value), complex) else complex(value)
        self._spend(0, _OBJECT + 2 * (_ENTRY + _VALUE))
        return {"real": self._float(number.real), "imag": self._float(number.imag)}

    def _list(self, value: Iterable[Any], depth: int) -> list[Any]:
        return [self._any(item, depth + 1) for item in list(value)]

    def _set(self, value: Iterable[Any], depth: int) -> list[Any]:
        items = list(value)
        try:
            items.sort()
        except BaseException:  # what cannot be compared stays as it comes
            pass
        return self._list(items, depth)

    def _dict(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        return self._pairs(dict.copy(value).items() if type(value) is dict else list(dict.items(value)), depth)

    def _pairs(self, pairs: Iterable[tuple[Any, Any]], depth: int) -> dict[str, Any]:
        names: dict[str, int] = {}
        converted: dict[str, Any] = {}
        for key, item in pairs:
            name = _unlike(names, self._text_key(key))
            self._spend(len(name), _ENTRY if converted else _OBJECT + _ENTRY)
            converted[name] = self._any(item, depth + 1)
        return converted

    def _dataclass(self, value: Any, depth: int) -> dict[str, Any]:
        fields = sys.modules["dataclasses"].fields(value)
        return self._pairs([(field.name, getattr(value, field.name)) for field in fields], depth)

    def _iso(self, value: Any, _depth: int) -> str:
        return self._text(value.isoformat())

    def _seconds(self, value: Any, _depth: int) -> float | None:
        return self._float(value.total_seconds())

    def _str(self, value: Any, _depth: int) -> str:
        return self._text(str(value))

    def _null(self, _value: Any, _depth: int) -> None:
        self._lost += 1

    def _figure(self, value: Any, _depth: int) -> str:
        return self._text(_figures.path_of(value))

    def _numpy_scalar(self, value: Any, depth: int) -> Any:
        kind = value.dtype.kind
        if kind in "mM":
            return self._numpy_array(value.reshape(1), depth)[0]
        item = value.item()
        # Long doubles stay what they are.
        return self._any(float(value) if type(item) is type(value) else item, depth)

    def _numpy_array(self, value: Any, depth: int) -> Any:
        values = self._check_shape(value.shape)
        kind = value.dtype.kind
        if kind in "mM":
            self._spend(0, values * _VALUE)
        if kind == "M":
            return self._list_of(
                value.astype(str).tolist(), lambda text: self._null(text, 0) if text == "NaT" else text
            )
        if kind == "m":
            return self._list_of(value.astype("timedelta64[ns]").astype("int64").tolist(), self._from_nanoseconds)
        if kind in "biu" or (
            kind == "f" and value.dtype.itemsize <= 8 and bool(sys.modules["numpy"].isfinite(value).all())
        ):
            self._spend(2 * value.size, values * _VALUE)
            return value.tolist()
        return self._plain(value.tolist(), depth)

    def _from_nanoseconds(self, count: int) -> float | None:
        if count == _NOT_A_TIME:
            self._lost += 1
            return None
        return count / 1e9

    def _list_of(self, items: Any, convert: Callable[[Any], Any]) -> Any:
        return [self._list_of(item, convert) for item in items] if isinstance(items, list) else convert(items)

    def _plain(self, items: Any, depth: int) -> Any:
        """What ``tolist`` gave: lists or, of no dimensions, one value."""
        return self._list(items, depth) if type(items) is list else self._any(items, depth)

    def _masked(self, value: Any, depth: int) -> Any:
        self._check_shape(value.shape)
        return self._plain(value.tolist(), depth)

    def _series(self, value: Any, depth: int) -> Any:
        self._check_size(value.size)
        index, items = value.index, value.tolist()
        if _is_counting(index):
            return self._list(items, depth)
        if not index.is_unique:
            self.warn(f"{self._where}: the index of a Series repeats itself and was left out")
            return self._list(items, depth)
        return self._pairs(zip(index.tolist(), items, strict=True), depth)

    def _frame(self, value: Any, depth: int) -> dict[str, Any]:
        self._check_size(value.size)
        columns = value.columns.tolist()
        return self._pairs([(name, value.iloc[:, place]) for place, name in enumerate(columns)], depth)

    def _check_size(self, values: int) -> None:
        """Before a list of so many values is made."""
        if values * 2 > self._room or values * _VALUE > self._weight:
            raise TooLarge

    def _check_shape(self, shape: tuple[int, ...]) -> int:
        """The same for lists in lists; returns how many values they are."""
        values, lists = 0, 1
        for length in shape:
            lists *= length
            values += lists
        self._check_size(values)
        return values


def _is_counting(index: Any) -> bool:
    return name_of(type(index)).endswith("RangeIndex") and index.start == 0 and index.step == 1


def _unlike(taken: dict[str, int], name: str) -> str:
    """``name``, with a number if it was taken; ``taken`` remembers how far each name has come."""
    number, free = taken.get(name, 0), name
    while free in taken:
        number += 1
        free = f"{name} ({number + 1})"
    taken[name] = number
    taken.setdefault(free, 0)
    return free


_BUILTIN: dict[type, Handler] = {
    str: Converter._text,
    int: Converter._int,
    float: Converter._float,
    complex: Converter._complex,
    dict: Converter._dict,
    list: Converter._list,
    tuple: Converter._list,
    set: Converter._set,
    frozenset: Converter._set,
    range: Converter._list,
}

#: By the defining module and name; modules differ between versions.
_NAMED: dict[str, Handler] = {
    "datetime.datetime": Converter._iso,
    "datetime.date": Converter._iso,
    "datetime.time": Converter._iso,
    "datetime.timedelta": Converter._seconds,
    "decimal.Decimal": Converter._str,
    "fractions.Fraction": Converter._str,
    "uuid.UUID": Converter._str,
    "pathlib.PurePath": Converter._str,
    "pathlib._local.PurePath": Converter._str,
    "collections.deque": Converter._list,
    "matplotlib.figure.Figure": Converter._figure,
    "numpy.generic": Converter._numpy_scalar,
    "numpy.ndarray": Converter._numpy_array,
    "numpy.ma.MaskedArray": Converter._masked,
    "numpy.ma.core.MaskedArray": Converter._masked,
    "pandas.Period": Converter._str,
    "pandas._libs.tslibs.period.Period": Converter._str,
    "pandas.Interval": Converter._str,
    "pandas._libs.interval.Interval": Converter._str,
    "pandas._libs.missing.NAType": Converter._null,
    "pandas.api.typing.NAType": Converter._null,
    "pandas._libs.tslibs.nattype.NaTType": Converter._null,
    "pandas.api.typing.NaTType": Converter._null,
    **dict.fromkeys(("pandas.Series", "pandas.core.series.Series"), Converter._series),
    **dict.fromkeys(("pandas.DataFrame", "pandas.core.frame.DataFrame"), Converter._frame),
    **dict.fromkeys(("pandas.Index", "pandas.core.indexes.base.Index"), Converter._list),
    **dict.fromkeys(
        ("pandas.api.extensions.ExtensionArray", "pandas.core.arrays.base.ExtensionArray"), Converter._list
    ),
}


def _handler(kind: type) -> Handler | None:
    """The handler of the most special base that has one."""
    for base in type.__dict__["__mro__"].__get__(kind):
        found = _BUILTIN.get(base) or (_NAMED.get(name_of(base)) if base is not object else None)
        if found:
            return found
        if "__dataclass_fields__" in type.__dict__["__dict__"].__get__(base):
            return Converter._dataclass
    return None
