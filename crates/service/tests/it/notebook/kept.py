"""Compares what the first cell of a notebook keeps of values with what a run keeps; prints each difference."""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import math
import pathlib
import sys
import uuid

sys.path.insert(0, sys.argv[1])

import matplotlib  # noqa: E402

matplotlib.use("Agg")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from pyexec._convert import Converter  # noqa: E402


@dataclasses.dataclass
class Point:
    x: float
    when: datetime.date


class Colour(enum.IntEnum):
    RED = 1


class Strange:
    def __repr__(self):
        return "strange " * 1000


itself = [1]
itself.append(itself)
deep = []
for _ in range(40):
    deep = [deep]
day = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
pair = collections.namedtuple("pair", "a b")
VALUES = [
    None, True, 0, -1, 2**63, 2**64, -(2**63) - 1, 1.5, math.nan, -math.inf, 1e300, 1 + 2j, complex(math.nan, 1),
    "text", "größe \u202e", b"bytes", [1, [2, (3,)]], (1, 2), pair(1, "b"), {3, 1, 2}, {1, "a"} - {"a"}, frozenset("a"),
    range(3), collections.deque([1, 2]), {}, {"a": {"b": math.nan}}, {1: "int", "1": "text", None: 0, True: 2, 1.5: 3},
    {(1, 2): 3, day: 4}, day, day.date(), day.time(), datetime.timedelta(days=1, milliseconds=5),
    decimal.Decimal("1.10"), fractions.Fraction(1, 3), uuid.UUID(int=7), pathlib.Path("a/b"), Point(1.0, day.date()),
    Colour.RED, Strange(), itself, deep, len, print, object, np.float64(1.25), np.float32(0.1), np.int64(7),
    np.bool_(True), np.str_("s"), np.complex128(1 - 1j), np.float64("nan"), np.longdouble(2.5),
    np.datetime64("2024-02-29"), np.datetime64("NaT"), np.timedelta64(1500, "ms"), np.timedelta64("NaT"),
    np.arange(6).reshape(2, 3), np.array([1.0, math.nan, math.inf]), np.array(5), np.array(["a", None], dtype=object),
    np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"), np.array([1, 2500], dtype="timedelta64[ms]"),
    np.array([1 + 1j]), np.array([True, False]), np.array([(1, 2.0)], dtype="i4,f8"),
    np.ma.masked_array([1, 2, 3], mask=[0, 1, 0]), pd.NA, pd.NaT, pd.Timestamp("2024-02-29 01:02:03"),
    pd.Timedelta("1h"), pd.Period("2024-02"), pd.Interval(0, 1), pd.Series([1, 2]), pd.Series([1.5, None]),
    pd.Series([1, 2], index=["a", "b"]), pd.Series([1, 2], index=["a", "a"]),
    pd.Series([1], index=pd.to_datetime(["2024-02-29"])), pd.Series(["a", None]), pd.Series(pd.Categorical(["x", "y"])),
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}), pd.DataFrame({"v": [1]}, index=["i"]),
    pd.DataFrame([[1, 2]], columns=["same", "same"]), pd.Index([1, 2]), pd.array([1, None], dtype="Int64"),
    pd.date_range("2024-01-01", periods=2), pd.DataFrame({"n": [1]}).groupby("n").size(),
]  # fmt: skip
run = [Converter([]).convert(value, "x", 1 << 20) for value in VALUES]

exec(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8") + "_make_world([], None, None)")
keep = sys.modules["pyexec.notebook"].plain
for value, expected in zip(VALUES, run, strict=True):
    found = keep(value)
    if json.dumps(found) != json.dumps(expected):
        print(f"{type(value)}: {expected!r:.200} became {found!r:.200}")
