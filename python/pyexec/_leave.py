"""The end of a process that was forked ready-made: as plain Python ends, but without tearing down what it was forked with.

That alone takes a tenth of a second, and every page that it touches would have to be copied first. What the code made itself
ends as it would anywhere: threads, exit handlers, finalizers, files that were not flushed."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

#: Of plain Python: its output could not be flushed.
_UNFLUSHED = 120
# Bound now: code may replace or delete what is in these modules.
_exit, _kill, _getpid, _signal = os._exit, os.kill, os.getpid, signal.signal
_join_threads, _run_handlers = threading._shutdown, atexit._run_exitfuncs  # type: ignore[attr-defined]
_collect, _stats = gc.collect, gc.get_stats
_SIGINT, _BY_DEFAULT = signal.SIGINT, signal.SIG_DFL


class Leave:
    """The way out, found before there is any code, which may break what leads to it."""

    def __init__(self, held: Callable[[int], None]) -> None:
        """``held`` is a way to end that is quicker than ``_exit``, and may return."""
        self._held = held
        self._aged = _aged()

    def leave(self, status: int) -> None:
        """Never returns."""
        status = status if _wind_up(self._aged) else _UNFLUSHED
        self._held(status)
        _exit(status)

    def die_interrupted(self) -> None:
        """Never returns: as plain Python after a KeyboardInterrupt that nobody caught."""
        _wind_up(self._aged)
        _signal(_SIGINT, _BY_DEFAULT)
        _kill(_getpid(), _SIGINT)


def _wind_up(aged: int) -> bool:
    """In the order of ``Py_FinalizeEx``; whether all output was flushed."""
    try:
        _join_threads()
    except BaseException:  # the code may have broken anything that is used here
        pass
    _run_handlers()
    flushed = _flush()
    try:
        _forget(sys.modules["__main__"].__dict__)
        # A whole collection also empties lists of spare objects, and so touches pages all over the memory: there is no need for
        # it while nothing has grown old.
        _collect(1 if _aged() == aged else 2)
    except BaseException:
        pass
    return _flush() and flushed


def _aged() -> int:
    """How often anything was moved to the oldest generation."""
    return sum(generation["collections"] for generation in _stats()[1:])


def _forget(names: dict[str, object]) -> None:
    """As a module's names are cleared: those with one underscore first, so that finalizers find the others."""
    first = [name for name in names if name.startswith("_") and not name.startswith("__")]
    for name in first + [name for name in names if name != "__builtins__"]:
        names[name] = None


def _flush() -> bool:
    flushed = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:
            flushed = flushed and stream is not sys.stdout
    return flushed
