"""``context``: by attribute and by item, read-only, and helpful where something is missing."""

import copy
import json
import pickle
import unittest

from pyexec._context import ContextData

DATA = {"ORBIT": {"now": {"values": [1, 2], "items": 3, "nested": [{"x": 1}]}}, "LATTICE": {}}


class Context(unittest.TestCase):
    def setUp(self) -> None:
        self.context = ContextData(DATA, "context")

    def test_attributes_and_items(self) -> None:
        self.assertEqual(self.context.ORBIT.now.values, [1, 2])
        self.assertEqual(self.context["ORBIT"].now["items"], 3)
        self.assertEqual(self.context.ORBIT.now.nested[0].x, 1)
        self.assertEqual(self.context, DATA)

    def test_libraries_see_a_dict(self) -> None:
        self.assertEqual(json.loads(json.dumps(self.context)), DATA)
        self.assertEqual([*self.context.ORBIT.now.keys()], ["values", "items", "nested"])
        self.assertEqual({**self.context.ORBIT}, DATA["ORBIT"])
        for twin in (copy.deepcopy(self.context), pickle.loads(pickle.dumps(self.context))):
            self.assertEqual((twin, type(twin)), (DATA, dict))

    def test_what_is_missing_says_what_there_is(self) -> None:
        with self.assertRaisesRegex(AttributeError, "context has no 'ORBITS'; did you mean 'ORBIT'.*LATTICE"):
            _ = self.context.ORBITS
        with self.assertRaisesRegex(KeyError, "context.ORBIT has no 'then'"):
            _ = self.context["ORBIT"]["then"]
        with self.assertRaisesRegex(AttributeError, "given no such data"):
            _ = ContextData({}, "context").ORBIT
        self.assertFalse(hasattr(self.context, "x"))
        self.assertIsNone(self.context.get("x"))

    def test_read_only(self) -> None:
        with self.assertRaisesRegex(TypeError, "read-only"):
            self.context.ORBIT.now = 1
        with self.assertRaisesRegex(TypeError, "read-only"):
            self.context["ORBIT"]["now"] = 1
        for change in (self.context.clear, self.context.popitem, lambda: self.context.update(x=1)):
            self.assertRaises(TypeError, change)
