"""A zygote's way into the sandbox, and its children's: the library's calls for a pool with the forks between them."""

from __future__ import annotations

import ctypes
import json
import os

from pyexec._jail import checked, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STATUS = 5


class Cells:
    """The jail that a zygote lives in; each child gets a cell of its own in it."""

    def __init__(self, library: str, plan: bytes) -> None:
        """Enters it: returns in another process, twice forked; the two before it never return."""
        self._calls = calls = load_pool(library)
        self._jail = checked(lambda *error: calls.pyexec_sandbox_open(plan, len(plan), *error), ok=bool)
        first = os.fork()
        if first:
            os._exit(calls.pyexec_sandbox_watch(first))
        checked(lambda *error: calls.pyexec_sandbox_enter(self._jail, *error))
        if os.fork():
            os._exit(calls.pyexec_sandbox_keep())

    def branch(self) -> None:
        """Called before each fork: the child will be pid 1 of a cell."""
        checked(lambda *error: self._calls.pyexec_sandbox_branch(self._jail, *error))

    def enter(self) -> int:
        """In that child. It returns in a second one, where the code will be, with a descriptor of pid 1."""
        checked(lambda *error: self._calls.pyexec_sandbox_enter_cell(self._jail, *error))
        init = os.pidfd_open(os.getpid())
        code = os.fork()
        if code:
            os._exit(self._calls.pyexec_sandbox_reap(self._jail, code))
        os.close(_STATUS)
        return init

    def furnish(self, plan: dict[str, Any], trees: list[int], script: str) -> int:
        """Closes the cell around one run; ``trees`` are its mounts and are closed here. As ``_jail.enter``."""
        text = json.dumps(plan).encode()
        array = (ctypes.c_int * max(1, len(trees)))(*trees)
        jail, calls = self._jail, self._calls
        checked(lambda *error: calls.pyexec_sandbox_furnish(jail, text, len(text), array, len(trees), *error))
        descriptor = os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        checked(lambda *error: calls.pyexec_sandbox_confine(jail, descriptor, *error))
        return descriptor


def load_pool(library: str) -> Any:
    """The library's functions, those of a pool as well."""
    calls = load(library)
    text: tuple[Any, ...] = (ctypes.c_char_p, ctypes.c_size_t)
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    calls.pyexec_sandbox_branch.argtypes = [pointer, *text]
    calls.pyexec_sandbox_enter_cell.argtypes = [pointer, *text]
    calls.pyexec_sandbox_furnish.argtypes = [pointer, *text, pointer, size, *text]
    calls.pyexec_sandbox_opener.argtypes = [ctypes.c_int64, ctypes.c_int64, *text]
    calls.pyexec_sandbox_opener.restype = pointer
    calls.pyexec_sandbox_open_mount.argtypes = [pointer, *text, *text]
    return calls
