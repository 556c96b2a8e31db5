"""Failures as the host is told of them: bounded, and with the user's own lines only."""

from __future__ import annotations

import sys
import traceback as tracebacks
import types

from pyexec import _place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pyexec._frames import Wire

# A header may have 64 KiB, and JSON writes a control character in six bytes.
_MAX_NAME, _MAX_MESSAGE, _MAX_TRACEBACK = 200, 2000, 8000


class Report:
    """The fields of an ``error`` frame."""

    def __init__(self, kind: str, type_name: str, message: str) -> None:
        self.kind = kind
        self.type_name = type_name
        self.message = message
        self.traceback = ""
        self.line: int | None = None
        self.code: int | None = None


def send(wire: Wire, report: Report) -> None:
    """Sends it."""
    wire.send(
        "error",
        kind=report.kind,
        type_name=cut(report.type_name, _MAX_NAME),
        message=cut(report.message, _MAX_MESSAGE),
        traceback=cut(report.traceback, _MAX_TRACEBACK),
        line=report.line,
        code=report.code,
    )


def describe(kind: str, error: BaseException, traceback: types.TracebackType | None, path: str) -> Report:
    """What an exception is, whatever its class does when it is asked."""
    report = Report(kind, name_of(type(error)), text_of(error))
    try:
        if isinstance(error, SyntaxError):
            report.line = error.lineno if error.filename == path else None
            report.message = error.msg if isinstance(error.msg, str) else report.message
        told = tracebacks.TracebackException(type(error), error, traceback, compact=True)
        _keep_users_lines(told, set())
        own = [frame.lineno for frame in told.stack if frame.filename == path]
        report.line = own[-1] if own else report.line
        report.traceback = "".join(told.format())
    except BaseException:  # a hostile exception class
        report.traceback = report.traceback or f"{report.type_name}: {report.message}\n"
    if not isinstance(report.line, int):
        report.line = None
    return report


def _keep_users_lines(told: tracebacks.TracebackException, seen: set[int]) -> None:
    """Drops libraries' frames, also from the exceptions that led to this one."""
    if id(told) in seen:
        return
    seen.add(id(told))
    users = (f"{_place.script}/", f"{_place.work}/")
    if told.stack is not None:
        told.stack[:] = [frame for frame in told.stack if frame.filename.startswith(users)]
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _keep_users_lines(other, seen)


def name_of(kind: type) -> str:
    """A class's name, with its module unless that is obvious; asked of ``type``, which a metaclass cannot mislead."""
    name = str(type.__dict__["__name__"].__get__(kind))
    try:
        module = type.__dict__["__module__"].__get__(kind)
    except AttributeError:
        return name
    return name if module in ("builtins", "__main__") or not isinstance(module, str) else f"{module}.{name}"


def text_of(value: Any) -> str:
    """``str`` of something that may not want to be printed."""
    try:
        return str.__str__(str(value))
    except BaseException as error:
        return f"<{name_of(type(value))} whose text cannot be had: {name_of(type(error))}>"


def cut(text: str, limit: int) -> str:
    """Keeps both ends: a traceback's beginning says where, its end what."""
    if len(text) <= limit:
        return text
    half = (limit - 5) // 2
    return f"{text[:half]}\n…\n{text[-half:]}"


def complain(message: str) -> None:
    """Prints a line on the script's stderr, if it still has one."""
    try:
        print(message, file=sys.stderr, flush=True)
    except BaseException:
        pass
