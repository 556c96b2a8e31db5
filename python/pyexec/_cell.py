"""A zygote's way into the sandbox, and its children's: the library's calls for a pool with the forks between them."""

from __future__ import annotations

import ctypes
import json
import os

from pyexec._jail import checked, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class _Hooks(ctypes.Structure):
    """What the interpreter wants to have called around a fork, as ``os.fork`` does: by the library, with nothing in between."""

    _fields_ = [(name, ctypes.c_void_p) for name in ("before", "in_parent", "in_child")]


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
            os._exit(calls.pyexec_sandbox_keep(self._jail))
        named = ("PyOS_BeforeFork", "PyOS_AfterFork_Parent", "PyOS_AfterFork_Child")
        self._hooks = _Hooks(*(ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p) for name in named))

    def lay_out(self) -> None:
        """Once everything is loaded: lays out this process's memory for cheap forks."""
        checked(lambda *error: self._calls.pyexec_sandbox_lay_out(*error))

    def branch(self, status: int) -> bool:
        """Forks into a new cell, whose pid 1 reports on ``status``. Whether this is the new process."""
        jail, hooks = self._jail, ctypes.byref(self._hooks)
        forked = self._calls.pyexec_sandbox_branch
        return bool(checked(lambda *error: forked(jail, status, hooks, *error), ok=lambda forked: forked >= 0))

    def enter(self, channel: int, stdout: int, stderr: int) -> int:
        """In that process: moves into the cell with these descriptors in their places and no others. It returns a new descriptor
        of pid 1."""
        calls, jail, kept = self._calls, self._jail, (channel, stdout, stderr)
        enter = calls.pyexec_sandbox_move_in
        return int(checked(lambda *error: enter(jail, *kept, *error), ok=lambda init: init >= 0))

    def furnish(self, plan: dict[str, Any], trees: list[int], script: str) -> int:
        """Closes the cell around one run; ``trees`` are its mounts and are closed here. As ``_jail.enter``."""
        text = json.dumps(plan).encode()
        array = (ctypes.c_int * max(1, len(trees)))(*trees)
        jail, calls = self._jail, self._calls
        checked(lambda *error: calls.pyexec_sandbox_furnish(jail, text, len(text), array, len(trees), *error))
        descriptor = os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        checked(lambda *error: calls.pyexec_sandbox_confine(jail, descriptor, *error))
        return descriptor

    def leave(self) -> Callable[[int], None]:
        """What ends the child with an exit status, told before its memory is taken down; where that cannot be it returns."""
        held: Callable[[int], None] = self._calls.pyexec_sandbox_leave
        return held


def load_pool(library: str) -> Any:
    """The library's functions, those of a pool as well."""
    calls = load(library)
    text: tuple[Any, ...] = (ctypes.c_char_p, ctypes.c_size_t)
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    calls.pyexec_sandbox_keep.argtypes = [pointer]
    calls.pyexec_sandbox_lay_out.argtypes = [*text]
    # Like `os.fork`, which keeps the interpreter's lock.
    branch = ctypes.PyDLL(library).pyexec_sandbox_branch
    branch.argtypes = [pointer, ctypes.c_int, pointer, *text]
    calls.pyexec_sandbox_branch = branch
    calls.pyexec_sandbox_move_in.argtypes = [pointer, *(ctypes.c_int,) * 3, *text]
    calls.pyexec_sandbox_furnish.argtypes = [pointer, *text, pointer, size, *text]
    calls.pyexec_sandbox_leave.argtypes, calls.pyexec_sandbox_leave.restype = (ctypes.c_int,), None
    calls.pyexec_sandbox_opener.argtypes = [ctypes.c_int64, ctypes.c_int64, *text]
    calls.pyexec_sandbox_opener.restype = pointer
    calls.pyexec_sandbox_open_mount.argtypes = [pointer, *text, *text]
    return calls
