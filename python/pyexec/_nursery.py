"""A zygote's life, and that of its children up to ``prepare``: ``zygote`` → jail → imports → ``warm`` → a fork for each
``child`` → ``parked``, and from there as any run (``_session.py``).

The zygote knows nothing of any run, and no child of another's: whatever is a run's own comes after the fork."""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys

from pyexec import _cell, _display, _figures, _fresh, _jail, _leave, _session, _world
from pyexec._frames import PROTOCOL, ProtocolError, Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LIFELINE, _STATUS = 4, 5
#: After so many the interpreter has adapted its code to what it does (PEP 659), and children write less into it.
_REHEARSALS = 16


class _PreloadError(_jail.JailError):
    """A module that was to be loaded beforehand cannot be, or may not."""


class Child:
    """A process that was forked for one run, in its cell."""

    def __init__(self, cells: _cell.Cells, wire: Wire) -> None:
        self.cells = cells
        self.wire = wire


def serve() -> Child | int:
    """Until the host closes the channel: an exit status. It also returns in each child, whose calls are as deep as those of
    a cold start: code can count them."""
    # A careless host's: its own end of the channel among them would hide that it is gone.
    os.closerange(_STATUS + 1, os.sysconf("SC_OPEN_MAX"))
    wire = Wire(socket.socket(fileno=_session.CHANNEL), takes_descriptors=True)
    try:
        order, _ = wire.receive("zygote")
        if order["protocol"] != PROTOCOL:
            raise ProtocolError(f"the host speaks protocol {order['protocol']}, this zygote {PROTOCOL}")
        plan = order["plan"]
        cells = _cell.Cells(plan["library"], json.dumps(plan).encode())
        wire.adopt()
        os.close(_LIFELINE)
        os.close(_STATUS)
        _preload(plan["environment"], order["site"], order["preload"])
        memory_kb = _memory("VmRSS")  # while all of it is there
        _lay_out(cells)
    except (_jail.JailError, ProtocolError, OSError, KeyError, TypeError, ValueError) as error:
        return _session.refuse(wire, error)
    python = ".".join(map(str, sys.version_info[:3]))
    wire.send("warm", protocol=PROTOCOL, python=python, memory_kb=memory_kb, space_kb=_memory("VmSize"))
    # Children end when they like, and nobody asks how: their pid 1 tells the host.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        try:
            request, _ = wire.receive("child")
        except (ProtocolError, OSError):
            return 0
        if _fork(cells, descriptors := wire.descriptors()):
            wire.let_go()
            return _park(cells, descriptors, request)


def live(child: Child) -> None:
    """In the child; never returns."""
    way_out = _leave.Leave(child.cells.leave())
    try:
        status = _session.see_through(child.wire, _Warm(child))
    except _session.Interrupted:
        way_out.die_interrupted()
    except BaseException as error:  # none that is expected; the host reads the last line
        sys.__excepthook__(type(error), error, error.__traceback__)
        os._exit(1)
    way_out.leave(status)


def _preload(environment: dict[str, str], site_folders: list[str], modules: list[str]) -> None:
    os.chdir("/")
    _world.settle(environment, site_folders)
    _figures.watch()
    _display.watch()
    for name in modules:
        try:
            importlib.import_module(name)
        except BaseException as error:  # a module may raise anything
            raise _PreloadError(f"`{name}` cannot be preloaded: {type(error).__name__}: {error!s:.300}") from None
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    _fresh.prepare()
    # What is here now stays: a collection in a child would touch, and so copy, all of it.
    gc.collect()
    gc.freeze()
    # Some libraries (OpenBLAS) stop their threads at the first fork and start them again where they are needed.
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise _PreloadError(f"one of {', '.join(modules)} keeps {threads - 1} threads, which no fork takes along")


def _lay_out(cells: _cell.Cells) -> None:
    """Once everything is loaded: makes of this process what is forked cheaply."""
    # Attributes that imports looked up. Each would be forgotten for one that a run looks up, and to forget a name is to write to it:
    # 70 pages all over the memory that every child would copy.
    forget = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache  # the latter before Python 3.13
    forget()
    for _ in range(_REHEARSALS):
        _session.rehearse()
    cells.lay_out()
    # What a run touches is in this process's tables then, and in those of all its children: nobody has to find it page by page. Only
    # now, so that nothing else is: a fork copies each entry, and the child's end takes it down.
    _session.rehearse()


def _fork(cells: _cell.Cells, descriptors: list[int]) -> bool:
    """Whether this is the child, whose descriptors these are: channel, stdout, stderr, status."""
    try:
        if len(descriptors) != 4:
            raise ProtocolError(f"{len(descriptors)} descriptors came for a child, which takes 4")
        if cells.branch(descriptors[3]):
            return True
    except (_jail.JailError, ProtocolError, OSError) as error:
        if descriptors:
            # Through a copy: the descriptor itself is closed below.
            _session.refuse(Wire(socket.socket(fileno=os.dup(descriptors[0]))), error)
    for descriptor in descriptors:
        os.close(descriptor)
    return False


def _park(cells: _cell.Cells, descriptors: list[int], request: dict[str, Any]) -> Child:
    """In the child: takes its place, and tells the host. One that joins no others does not ``rehearse``."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    channel, stdout, stderr, _ = descriptors
    try:
        init = cells.enter(channel, stdout, stderr)
    except _jail.JailError as error:
        os._exit(_session.refuse(Wire(socket.socket(fileno=channel)), error))
    wire = Wire(socket.socket(fileno=_session.CHANNEL), takes_descriptors=True)
    try:
        wire.adopt()
        _fresh.renew()
        if request["rehearse"]:
            _session.rehearse()
            # The collection at the end of a run has only to look at what the run made. Not a whole one here: it would touch, and
            # so copy, pages all over the memory.
            gc.collect(1)
        gc.freeze()
        wire.send("parked", descriptor=init, private_kb=_private() if request["measure"] else 0)
    except (_jail.JailError, ProtocolError, OSError, KeyError) as error:
        os._exit(_session.refuse(wire, error))
    os.close(init)
    return Child(cells, wire)


class _Warm(_session.Cold):
    """How a child that waits in its cell gets where the code runs."""

    def __init__(self, child: Child) -> None:
        self._child = child

    def enter(self, prepare: dict[str, Any], script: str) -> int:
        return self._child.cells.furnish(_session.planned(prepare), self._child.wire.descriptors(), script)

    def furnish(self, environment: dict[str, str], site_folders: list[str]) -> None:
        cache = "PYEXEC_MPL_CACHE"  # was for the import, if there was one
        os.environ.update({name: value for name, value in environment.items() if name != cache})
        _world.arrive()
        if "matplotlib" in sys.modules:
            # Its import made the folder in the zygote's scratch space.
            os.makedirs(os.environ["MPLCONFIGDIR"], exist_ok=True)


def _memory(name: str) -> int:
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(f"{name}:"))


def _private() -> int:
    """KiB that are this process's alone."""
    with open("/proc/self/smaps_rollup", encoding="ascii") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private_"))
