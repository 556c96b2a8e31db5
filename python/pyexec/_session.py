"""One run, from the host's first frame to the last: the page to read first.

``prepare`` → jail → ``ready`` → ``release`` → the code → ``error``, ``figure``, ``result`` → exit handlers → ``end``.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import socket
import sys

from pyexec import _context, _figures, _host, _jail, _report, _results, _script, _world
from pyexec._frames import MAX_BODY, PROTOCOL, ProtocolError, Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_CHANNEL = 3


class Interrupted(Exception):
    """The code ended with KeyboardInterrupt."""


def run() -> int:
    """Sees one run through. Returns the exit status that plain Python would have."""
    wire = Wire(socket.socket(fileno=_CHANNEL))
    try:
        source, script, prepare = _receive_code(wire)
    except (_jail.JailError, ProtocolError, OSError, KeyError, TypeError, ValueError) as error:
        return _refuse(wire, error)
    atexit.register(_end, wire)
    namespace, failure = _script.execute(source, script)
    # A fork of the script that falls through to its end is a process like any other, and says nothing to the host.
    if wire.is_mine:
        _conclude(wire, namespace, failure, prepare["results_max_bytes"])
    if failure is None:
        return 0
    if isinstance(failure.error, KeyboardInterrupt):
        raise Interrupted
    return failure.status


def _receive_code(wire: Wire) -> tuple[bytes, str, dict[str, Any]]:
    """Everything up to the first line of the code."""
    prepare, context = wire.receive("prepare")
    if prepare["protocol"] != PROTOCOL:
        raise ProtocolError(f"the host speaks protocol {prepare['protocol']}, this runner {PROTOCOL}")
    plan = prepare["plan"]
    if not isinstance(plan, dict):
        raise ProtocolError("there is no plan: this runner never runs code outside the sandbox")
    if not isinstance(prepare["results_max_bytes"], int):
        raise ProtocolError("results_max_bytes is no number")
    filename = prepare["filename"]
    if os.path.basename(filename) != filename or filename in ("", ".", ".."):
        raise ProtocolError(f"{filename!r} is no file name")
    script = f"/script/{filename}"
    _context.fill(json.loads(context) if context else {})

    descriptor = _jail.enter(plan["library"], json.dumps(plan).encode(), script)
    wire.adopt()
    _world.furnish(plan["environment"], prepare["site"])
    _host.wire = wire
    _figures.watch()

    work = os.open("/work", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        python = ".".join(map(str, sys.version_info[:3]))
        wire.send("ready", descriptor=work, protocol=PROTOCOL, python=python, isolation="full")
    finally:
        os.close(work)

    release, source = wire.receive("release")
    digest = hashlib.sha256(source).hexdigest()
    if digest != release["sha256"]:
        raise ProtocolError(f"the released code has SHA-256 {digest}, not {release['sha256']}")
    with open(descriptor, "wb") as file:
        file.write(source)
    return source, script, prepare


def _refuse(wire: Wire, error: Exception) -> int:
    """Nothing ran. If the host is gone there is nobody to tell."""
    message = str(error) if isinstance(error, (_jail.JailError, ProtocolError)) else f"{type(error).__name__}: {error}"
    wire.adopt()
    try:
        _report.send(wire, _report.Report(kind="sandbox", type_name=type(error).__name__, message=message))
    except (OSError, ProtocolError):
        pass
    return 1


def _conclude(wire: Wire, namespace: dict[str, Any], failure: _script.Failure | None, limit: int) -> None:
    """Tells the host what the code left. Whatever goes wrong here is the code's doing, and costs
    no more than its frame."""
    warnings: list[str] = []
    figures: list[str] = []
    claim = _results.Claim("missing")
    with _tolerant("the failure could not be described"):
        if failure is not None and failure.report is not None:
            _report.send(wire, failure.report)
    with _tolerant("the open figures could not be saved"):
        figures = _figures.save_open(warnings)
    with _tolerant("the results could not be converted"):
        claim = _results.take(namespace, min(limit, MAX_BODY), warnings)
    with _tolerant("the results could not be sent"):
        for path in figures + _figures.saved_for_results():
            wire.send("figure", path=path)
        wire.send("result", claim.body, **claim.header(warnings))


@contextlib.contextmanager
def _tolerant(complaint: str) -> Iterator[None]:
    """One step's failure leaves the others to do."""
    try:
        yield
    except BaseException as error:  # a script may have broken anything that is used inside
        _report.complain(f"pyexec: {complaint}: {type(error).__name__}: {error!s:.200}")


def _end(wire: Wire) -> None:
    """Registered before the code, so that it runs after the code's own exit handlers and threads."""
    if not wire.is_mine:
        return
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # the script may have put anything in its place
            pass
    try:
        wire.send("end")
    except (OSError, ProtocolError):
        pass
