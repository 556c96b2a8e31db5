"""``results``: what arrives, and that nothing hostile loses a run."""

import collections
import dataclasses
import datetime
import decimal
import enum
import json
import pathlib
import unittest
import uuid
from typing import Any

from pyexec import _results


def take(results: Any, limit: int = 1 << 20) -> tuple[Any, list[str]]:
    warnings: list[str] = []
    claim = _results.take({"results": results}, limit, warnings)
    assert len(claim.body) <= limit
    return json.loads(claim.body), warnings


class Values(unittest.TestCase):
    def check(self, value: Any, expected: Any, *, warns: bool = False) -> None:
        converted, warnings = take({"x": value})
        self.assertEqual(converted, {"x": expected})
        self.assertEqual(bool(warnings), warns, warnings)

    def test_plain_values(self) -> None:
        for value in (None, True, 0, -(2**63), 2**64 - 1, 1.5, "text", "ä\n\0", [], {}, [1, [2]], {"a": {"b": None}}):
            with self.subTest(value=value):
                self.check(value, value)

    def test_values_of_the_standard_library(self) -> None:
        @dataclasses.dataclass
        class Point:
            x: int
            more: list[int]

        class Level(enum.IntEnum):
            HIGH = 3

        Pair = collections.namedtuple("Pair", "a b")
        cases = {
            datetime.datetime(2020, 1, 2, 3): "2020-01-02T03:00:00",
            datetime.date(2020, 1, 2): "2020-01-02",
            datetime.timedelta(minutes=1): 60.0,
            pathlib.Path("/a/b"): "/a/b",
            decimal.Decimal("1.50"): "1.50",
            uuid.UUID(int=1): "00000000-0000-0000-0000-000000000001",
            (1, 2): [1, 2],
            Pair(1, 2): [1, 2],
            Level.HIGH: 3,
            1 + 2j: {"real": 1.0, "imag": 2.0},
            frozenset({3, 1, 2}): [1, 2, 3],
            range(3): [0, 1, 2],
        }
        for value, expected in cases.items():
            with self.subTest(value=value):
                self.check(value, expected)
        self.check(Point(1, [2]), {"x": 1, "more": [2]})
        self.check(collections.deque([1]), [1])
        self.check(collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2})

    def test_what_is_no_number_becomes_null_with_a_note(self) -> None:
        converted, warnings = take({"x": [float("nan"), float("inf"), 1.0], "y": float("-inf")})
        self.assertEqual(converted, {"x": [None, None, 1.0], "y": None})
        self.assertEqual(len(warnings), 2)
        self.assertIn("2 values", warnings[0])

    def test_what_json_readers_cannot_hold(self) -> None:
        self.check(2**64, str(2**64), warns=True)
        self.check("\ud800", "?", warns=True)
        self.check(10**100_000, hex(10**100_000), warns=True)

    def test_anything_else_becomes_its_repr(self) -> None:
        self.check(b"x", "b'x'", warns=True)
        self.check(int, "<class 'int'>", warns=True)
        converted, _ = take({"x": bytes(10**6)})
        self.assertLess(len(converted["x"]), 3000)

    def test_keys(self) -> None:
        day = datetime.date(2020, 1, 2)
        converted, _ = take({1: 1, "1": 2, None: 3, (1, 2): 4, day: 5, "\ud800": 6})
        expected = {"1": 1, "1 (2)": 2, "None": 3, "(1, 2)": 4, "2020-01-02": 5, "?": 6}
        self.assertEqual(converted, expected)
        self.assertEqual(take({"x": {1: 1, "1": 2}})[0], {"x": {"1": 1, "1 (2)": 2}})

    def test_keys_that_cannot_be_text(self) -> None:
        converted, _ = take({10**5000: 1, "x": {10**5000: 2}, "ok": 3})
        self.assertEqual(converted, {"<int>": 1, "x": {"<int>": 2}, "ok": 3})

    def test_thousands_of_equal_keys(self) -> None:
        class Same:
            def __str__(self) -> str:
                return "same"

        converted, _ = take({Same(): n for n in range(20_000)})
        self.assertEqual((converted["same"], converted["same (2)"], converted["same (20000)"]), (0, 1, 19_999))


class States(unittest.TestCase):
    def state(self, namespace: dict[str, Any]) -> tuple[str, str | None]:
        claim = _results.take(namespace, 1000, [])
        return claim.state, claim.type_name

    def test_states(self) -> None:
        self.assertEqual(self.state({}), ("missing", None))
        self.assertEqual(self.state({"results": [1]}), ("not_a_dict", "list"))
        self.assertEqual(self.state({"results": {}}), ("dict", None))


class Weight(unittest.TestCase):
    def test_what_a_host_could_not_hold(self) -> None:
        limit = 16 << 20
        converted, warnings = take({"maps": [{"": 0}] * 2_000_000, "lists": [[]] * 5_000_000, "ok": [1.5] * 800_000}, limit)
        self.assertEqual((converted["maps"], converted["lists"]), ("<too large: a list>",) * 2)
        self.assertEqual((len(converted["ok"]), len(warnings)), (800_000, 2))

    def test_more_entries_than_a_host_could_hold(self) -> None:
        converted, warnings = take({f"k{n}": n for n in range(400_000)}, 16 << 20)
        self.assertTrue(200_000 < len(converted) < 400_000, len(converted))
        self.assertIn("the last entries are missing", warnings[-1])


class Hostile(unittest.TestCase):
    def test_depth_and_cycles(self) -> None:
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        loop: dict[str, Any] = {}
        loop["self"] = loop
        converted, warnings = take({"deep": deep, "loop": loop, "last": 1})
        self.assertEqual((converted["loop"], converted["last"]), ({"self": "<itself>"}, 1))
        self.assertEqual(len(warnings), 2)

    def test_a_value_may_appear_twice(self) -> None:
        shared = [1]
        self.assertEqual(take({"x": [shared, shared]}), ({"x": [[1], [1]]}, []))

    def test_size(self) -> None:
        converted, warnings = take({"large": "x" * 5000, "many": list(range(5000)), "last": 1}, 1000)
        self.assertEqual((converted["last"], len(warnings)), (1, 2))
        self.assertIn("too large", converted["large"])
        converted, warnings = take({f"key{number}": "x" * 50 for number in range(1000)}, 1000)
        self.assertTrue(0 < len(converted) < 20 and "larger" in warnings[-1])

    def test_objects_that_do_not_want_to_be_asked(self) -> None:
        class Repr:
            def __repr__(self) -> str:
                raise SystemExit(0)

        class Class:
            @property
            def __class__(self) -> type:  # type: ignore[override]
                raise KeyboardInterrupt

            def __getattribute__(self, name: str) -> Any:
                raise KeyboardInterrupt

        class Meta(type):
            def __instancecheck__(cls, value: object) -> bool:
                raise KeyboardInterrupt

            @property
            def __name__(cls) -> str:  # type: ignore[override]
                raise KeyboardInterrupt

        class Masked(metaclass=Meta):
            __module__ = "numpy"
            __qualname__ = "ndarray"

        class Dict(dict):  # type: ignore[type-arg]
            def items(self) -> Any:
                raise KeyboardInterrupt

            def __iter__(self) -> Any:
                raise KeyboardInterrupt

        class Text(str):
            def __str__(self) -> str:
                raise KeyboardInterrupt

            def encode(self, *_: Any) -> bytes:
                raise KeyboardInterrupt

        class Number(float):
            def __float__(self) -> float:
                raise KeyboardInterrupt

        class ReprOfText:
            def __repr__(self) -> str:
                return Text("text")

        values = [Repr(), Class(), Masked(), Dict(a=1), Text("t"), Number(2), ReprOfText(), Masked, Class]
        converted, _ = take({"x": values, Text("key"): 1, Repr(): 2, "last": 3})
        self.assertEqual((converted["x"][3:7], converted["last"]), ([{"a": 1}, "t", 2.0, "text"], 3))
        self.assertEqual(converted["key"], 1)

    def test_a_results_dict_of_its_own_kind(self) -> None:
        class Results(dict):  # type: ignore[type-arg]
            def copy(self) -> Any:
                raise KeyboardInterrupt

        self.assertEqual(take(Results(x=1))[0], {"x": 1})
