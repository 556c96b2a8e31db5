"""What must differ between the children of one zygote: random numbers, and the names that are made of them."""

from __future__ import annotations

import ctypes
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Of the Mersenne Twister behind ``numpy.random``'s functions, as it lies in memory: its words, and how many of them are used.
_WORDS = 624
_USED = _WORDS.to_bytes(4, sys.byteorder)

_numbers: int | None = None


def prepare() -> None:
    """In the zygote, when everything is loaded."""
    global _numbers
    if "numpy" in sys.modules:
        # Also forgets a number that was drawn beforehand (they come in pairs).
        sys.modules["numpy"].random.seed()
        _numbers = _address(sys.modules["numpy"])


def renew() -> None:
    """In each child. ``random`` sees to itself after a fork."""
    if _numbers is not None:
        # What ``seed`` comes to; but that touches, and so copies, 150 pages on its way (a sixth of all).
        ctypes.memmove(_numbers, os.urandom(4 * _WORDS) + _USED, 4 * _WORDS + 4)
    elif "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "tempfile" in sys.modules:
        # It looks at the number of the process, and in its cell every child has the same.
        sys.modules["tempfile"]._name_sequence = None  # type: ignore[attr-defined]


def _address(numpy: Any) -> int | None:
    """Where the generator's state is, if it is as expected."""
    try:
        generator = numpy.random.get_bit_generator()
        state = generator.state["state"]
        expected = state["key"].tobytes() + state["pos"].to_bytes(4, sys.byteorder)
        address: int = generator.ctypes.state_address
    except (AttributeError, KeyError, TypeError):  # an older numpy, or another generator
        return None
    return address if len(expected) == 4 * _WORDS + 4 and ctypes.string_at(address, len(expected)) == expected else None
