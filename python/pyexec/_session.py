"""One run, from the host's first frame to the last: the page to read first.

``prepare`` → jail → ``ready`` → ``release`` → the code → ``error``, ``noticed``, ``figure``, ``result`` → exit handlers →
``end``.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import socket
import sys

from pyexec import _context, _display, _figures, _host, _jail, _noticed, _report, _results, _script, _world
from pyexec._frames import MAX_BODY, PROTOCOL, ProtocolError, Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

#: The descriptor that leads to the host.
CHANNEL = 3


class Cold:
    """How a process that was started for this run alone gets where the code runs: by a plan, with the sandbox library."""

    #: How the code is held there.
    isolation = "full"
    #: Whether the host takes the working folder as a descriptor.
    shares_work = True

    def enter(self, prepare: dict[str, Any], script: str) -> int:
        """Into the sandbox; a descriptor of the new file ``script`` comes back."""
        plan = planned(prepare)
        return _jail.enter(plan["library"], json.dumps(plan).encode(), script)

    def furnish(self, environment: dict[str, str], site_folders: list[str]) -> None:
        """What the code finds around it."""
        _world.furnish(environment, site_folders)
        _figures.watch()
        _display.watch()

    def environment(self, prepare: dict[str, Any]) -> dict[str, str]:
        """The variables that the code finds."""
        return planned(prepare)["environment"]

    def watch(self, prepare: dict[str, Any], script: str) -> _noticed.Watch:
        """Who notes what the code tries beyond what was opened for it."""
        plan = planned(prepare)
        writable = tuple(mount["target"] for mount in plan["mounts"] if mount["writable"])
        return _noticed.Watch(script, writable, plan["process"])


def planned(prepare: dict[str, Any]) -> dict[str, Any]:
    """The plan of a run that is to be jailed."""
    plan = prepare["plan"]
    if not isinstance(plan, dict):
        raise ProtocolError("there is no plan: this runner never runs code outside the sandbox")
    return plan


class Interrupted(Exception):
    """The code ended with KeyboardInterrupt."""


def run(way: Cold) -> int:
    """Sees one run through. Returns the exit status that plain Python would have."""
    return see_through(Wire(socket.socket(fileno=CHANNEL)), way)


def see_through(wire: Wire, way: Cold) -> int:
    """The same, from ``prepare`` on."""
    try:
        source, script, prepare = _receive_code(wire, way)
    except (_jail.JailError, ProtocolError, OSError, KeyError, TypeError, ValueError) as error:
        return refuse(wire, error)
    return carry_out(wire, source, script, prepare["results_max_bytes"], way.watch(prepare, script))


def carry_out(wire: Wire, source: bytes, script: str, results_max_bytes: int, watch: _noticed.Watch | None) -> int:
    """From the first line of the code to the exit status that plain Python would have. Where nothing is refused nobody
    needs to ``watch``."""
    atexit.register(_end, wire)
    if watch is not None:
        watch.begin()
    namespace, failure = _script.execute(source, script)
    # A fork of the script that falls through to its end is a process like any other, and says nothing to the host.
    if wire.is_mine:
        _conclude(wire, namespace, failure, watch, results_max_bytes)
    if failure is None:
        return 0
    if isinstance(failure.error, KeyboardInterrupt):
        raise Interrupted
    return failure.status


def _receive_code(wire: Wire, way: Cold) -> tuple[bytes, str, dict[str, Any]]:
    """Everything up to the first line of the code."""
    prepare, context = wire.receive("prepare")
    if prepare["protocol"] != PROTOCOL:
        raise ProtocolError(f"the host speaks protocol {prepare['protocol']}, this runner {PROTOCOL}")
    if not isinstance(prepare["results_max_bytes"], int):
        raise ProtocolError("results_max_bytes is no number")
    filename = prepare["filename"]
    if os.path.basename(filename) != filename or filename in ("", ".", ".."):
        raise ProtocolError(f"{filename!r} is no file name")
    script = f"/script/{filename}"
    _context.fill(json.loads(context) if context else {})

    descriptor = way.enter(prepare, script)
    wire.adopt()
    way.furnish(way.environment(prepare), prepare["site"])
    _host.wire = wire

    work = os.open("/work", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        python = ".".join(map(str, sys.version_info[:3]))
        shared = work if way.shares_work else None
        wire.send("ready", descriptor=shared, protocol=PROTOCOL, python=python, isolation=way.isolation)
    finally:
        os.close(work)

    release, source = wire.receive("release")
    digest = hashlib.sha256(source).hexdigest()
    if digest != release["sha256"]:
        raise ProtocolError(f"the released code has SHA-256 {digest}, not {release['sha256']}")
    _write(descriptor, source)
    return source, script, prepare


def _write(descriptor: int, source: bytes) -> None:
    """All of it, and closes: a file object would ask what kind of file it is first."""
    try:
        left = memoryview(source)
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)


def rehearse() -> None:
    """Goes once the way that every run goes, and nobody hears it: the pages on it are copied before anybody waits."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire, source, script = Wire(theirs), b"results = {'x': 1}", "/script/code.py"
        hashlib.sha256(source).hexdigest()
        _write(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), source)
        namespace, failure = _script.execute(source, script)
        _conclude(wire, namespace, failure, _noticed.Watch(script, (), process=False), MAX_BODY)
        _end(wire)


def refuse(wire: Wire, error: Exception) -> int:
    """Nothing ran. If the host is gone there is nobody to tell."""
    message = str(error) if isinstance(error, (_jail.JailError, ProtocolError)) else f"{type(error).__name__}: {error}"
    wire.adopt()
    try:
        _report.send(wire, _report.Report(kind="sandbox", type_name=type(error).__name__, message=message))
    except (OSError, ProtocolError):
        pass
    return 1


def _conclude(
    wire: Wire, namespace: dict[str, Any], failure: _script.Failure | None, watch: _noticed.Watch | None, limit: int
) -> None:
    """Tells the host what the code left. Whatever goes wrong here is the code's doing, and costs
    no more than its frame."""
    warnings: list[str] = []
    figures: list[str] = []
    claim: _results.Claim | None = None
    with _tolerant("the failure could not be described"):
        if failure is not None and failure.report is not None:
            _report.send(wire, failure.report)
            if watch is not None:
                watch.failed(failure.error, failure.report.line)
        if watch is not None and (noticed := watch.notes()):
            wire.send("noticed", attempts=noticed)
    with _tolerant("the open figures could not be saved"):
        figures = _figures.save_open(warnings)
    with _tolerant("the results could not be converted"):
        claim = _results.take(namespace, min(limit, MAX_BODY), warnings)
    if claim is None:
        claim = _results.Claim("missing")
        warnings.append("the results could not be converted")
    with _tolerant("the results could not be sent"):
        for path in _figures.shown() + figures + _figures.saved_for_results():
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
