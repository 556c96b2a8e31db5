"""Runs the code as ``__main__``, in a namespace of its own, and says how it failed if it did."""

from __future__ import annotations

import builtins
import sys
import types

from pyexec import _report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


#: Given back when memory is short, so that the failure itself can be told. Made with this module: where there is a zygote its
#: children never touch it.
_reserve = [bytes(1 << 20)]
#: Asked of the base class, which a class of the script's cannot mislead.
_traceback_of = BaseException.__dict__["__traceback__"].__get__


class Failure:
    """An exception that left the code: what the host is told of it (nothing for ``sys.exit(0)``), and the exit status
    that plain Python would have."""

    def __init__(self, error: BaseException, report: _report.Report | None, status: int) -> None:
        self.error = error
        self.report = report
        self.status = status


def execute(source: bytes, path: str) -> tuple[dict[str, Any], Failure | None]:
    """Compiles the bytes as they are and runs them. Returns their namespace, and how they failed if they did."""
    module = types.ModuleType("__main__")
    module.__file__ = path
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    sys.argv = [path]
    try:
        code = compile(source, path, "exec", dont_inherit=True)
    except BaseException as error:  # a null byte is a ValueError, deep nesting a MemoryError
        _reserve.clear()
        return module.__dict__, _failed(error, None, path, "syntax")
    try:
        # In this form, because the usual one counts as one call less where the interpreter has adapted to it, as in a zygote's
        # child: code would see from how deep it may call itself where it runs.
        exec(*(code, module.__dict__))
    except BaseException as error:
        _reserve.clear()
        traceback = _traceback_of(error)
        return module.__dict__, _failed(error, traceback and traceback.tb_next, path, "runtime")
    return module.__dict__, None


def _failed(error: BaseException, traceback: types.TracebackType | None, path: str, kind: str) -> Failure:
    if isinstance(error, SystemExit):
        return _exited(error, traceback, path)
    if isinstance(error, MemoryError):
        _forget_locals(traceback)
    report = _report.describe(kind, error, traceback, path)
    _show(error, traceback)
    return Failure(error, report, 1)


def _exited(error: SystemExit, traceback: types.TracebackType | None, path: str) -> Failure:
    try:
        code = error.code
    except BaseException:  # a subclass may do anything
        code = 1
    if code is None:
        return Failure(error, None, 0)
    if isinstance(code, int):
        number = int.__int__(code)
        # The system keeps one byte of it, so that plain Python's 256 is a success; what no C long holds counts as -1.
        status = number & 0xFF if -(2**63) <= number < 2**63 else 0xFF
        if status == 0:
            return Failure(error, None, 0)
        message = f"the code called sys.exit({status})"
    else:
        # Anything else goes to stderr, and means 1.
        status, message = 1, _report.text_of(code)
        _report.complain(message)
    report = _report.describe("exit", error, traceback, path)
    report.message, report.code = message, status
    return Failure(error, report, status)


def _show(error: BaseException, traceback: types.TracebackType | None) -> None:
    """As plain Python would, on stderr, by the script's own hook if it has one."""
    try:
        error.__traceback__ = traceback
        sys.excepthook(type(error), error, traceback)
    except BaseException:  # a hook that fails is not our failure
        try:
            sys.__excepthook__(type(error), error, traceback)
        except BaseException:
            pass


def _forget_locals(traceback: types.TracebackType | None) -> None:
    """What filled the memory is most likely held by a frame of the traceback."""
    while traceback is not None:
        try:
            traceback.tb_frame.clear()
        except RuntimeError:
            pass
        traceback = traceback.tb_next
