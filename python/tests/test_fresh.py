"""What differs between the children of one zygote, with a stand-in for numpy: its state lies in memory of the test's own."""

import ctypes
import sys
import types
import unittest
from unittest import mock

from pyexec import _fresh

WORDS = 624


class State(ctypes.Structure):
    _fields_ = [("key", ctypes.c_uint32 * WORDS), ("pos", ctypes.c_int)]


class Key:
    def __init__(self, state: State) -> None:
        self._state = state

    def tobytes(self) -> bytes:
        return bytes(self._state.key)


class Numpy(types.ModuleType):
    """With a generator whose state is said to be where ``there`` is."""

    def __init__(self, state: State, there: State) -> None:
        super().__init__("numpy")
        self.seeded = 0
        generator = types.SimpleNamespace(
            state={"state": {"key": Key(state), "pos": state.pos}},
            ctypes=types.SimpleNamespace(state_address=ctypes.addressof(there)),
        )
        self.random = types.SimpleNamespace(seed=self._seed, get_bit_generator=lambda: generator)

    def _seed(self) -> None:
        self.seeded += 1


class Fresh(unittest.TestCase):
    def setUp(self) -> None:
        patch = mock.patch.object(_fresh, "_numbers", None)
        patch.start()
        self.addCleanup(patch.stop)

    def renewed(self, numpy: types.ModuleType) -> None:
        with mock.patch.dict(sys.modules, {"numpy": numpy}):
            _fresh.prepare()
            _fresh.renew()

    def test_the_state_is_written_in_its_place(self) -> None:
        state = State(key=(ctypes.c_uint32 * WORDS)(*range(WORDS)), pos=7)
        numpy = Numpy(state, state)
        self.renewed(numpy)
        first = bytes(state.key)
        self.assertEqual((numpy.seeded, state.pos), (1, WORDS), "seeded once beforehand, and its words are all to be drawn")
        self.assertNotEqual(first, bytes((ctypes.c_uint32 * WORDS)(*range(WORDS))))
        _fresh.renew()
        self.assertNotEqual(bytes(state.key), first)

    def test_where_the_state_lies_elsewhere_nothing_is_written(self) -> None:
        state, other = State(pos=3), State(pos=4)
        numpy = Numpy(state, other)
        self.renewed(numpy)
        self.assertEqual((numpy.seeded, bytes(other)), (2, bytes(State(pos=4))), "seeded again in the child")

    def test_an_older_numpy_is_seeded(self) -> None:
        numpy = Numpy(State(), State())
        del numpy.random.get_bit_generator
        self.renewed(numpy)
        self.assertEqual(numpy.seeded, 2)

    def test_without_numpy_there_is_nothing_to_do(self) -> None:
        with mock.patch.dict(sys.modules):
            sys.modules.pop("numpy", None)
            _fresh.prepare()
            _fresh.renew()

    def test_names_of_temporary_files_begin_anew(self) -> None:
        import tempfile

        before = tempfile._get_candidate_names()  # type: ignore[attr-defined]
        _fresh.renew()
        self.assertIsNot(tempfile._get_candidate_names(), before)  # type: ignore[attr-defined]


if __name__ == "__main__":
    unittest.main()
