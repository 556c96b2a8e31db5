"""The program that runs the code at an endpoint: a child of ``_kernel.py``, with the channel on the descriptor that its
argument names. What holds the code is what the endpoint gives, and resource limits; there is no jail.

``prepare`` (folders, limits, environment) → ``ready`` → ``release`` → the code, as everywhere."""

from __future__ import annotations

import builtins
import ctypes
import hashlib
import io
import json
import os
import resource
import signal
import socket
import sys

if __name__ == "__main__":
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from pyexec import _context, _display, _figures, _host, _place, _session
from pyexec._frames import PROTOCOL, ProtocolError, Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PR_SET_PDEATHSIG = 1


def run(channel: int) -> int:
    """Sees one run through. Returns the exit status that plain Python would have."""
    wire = Wire(socket.socket(fileno=channel))
    try:
        source, script, limit = _receive_code(wire)
    except (ProtocolError, OSError, KeyError, TypeError, ValueError) as error:
        return _session.refuse(wire, error)
    return _session.carry_out(wire, source, script, limit, watch=None)


def _receive_code(wire: Wire) -> tuple[bytes, str, int]:
    prepare, context = wire.receive("prepare")
    if prepare["protocol"] != PROTOCOL:
        raise ProtocolError(f"the host speaks protocol {prepare['protocol']}, this runner {PROTOCOL}")
    _die_with_the_kernel(prepare["kernel"])
    _limit(prepare["limits"])
    _context.fill(json.loads(context) if context else {})
    _place.settle(prepare["work"], prepare["script"])
    _furnish(prepare["environment"])
    _host.wire = wire
    _figures.watch()
    _display.watch()
    builtins.display = _display.display  # type: ignore[attr-defined]  # as in every kernel

    python = ".".join(map(str, sys.version_info[:3]))
    wire.send("ready", protocol=PROTOCOL, python=python, isolation="endpoint")
    release, source = wire.receive("release")
    digest = hashlib.sha256(source).hexdigest()
    if digest != release["sha256"]:
        raise ProtocolError(f"the released code has SHA-256 {digest}, not {release['sha256']}")
    script = f"{_place.script}/code.py"
    with open(script, "xb") as file:
        file.write(source)
    return source, script, prepare["results_max_bytes"]


def _die_with_the_kernel(kernel: int) -> None:
    """However it ends: code must not outlive what watches it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != kernel:
        raise ProtocolError("the kernel is gone")


def _limit(limits: dict[str, int]) -> None:
    """What one process can be held to. Processes are counted by user here, together with other people's kernels, and so
    not limited."""
    for kind, value, beyond in (
        (resource.RLIMIT_AS, limits["memory_mb"] << 20, 0),
        (resource.RLIMIT_CPU, limits["cpu_seconds"], 2),
        (resource.RLIMIT_FSIZE, limits["scratch_mb"] << 20, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, most = resource.getrlimit(kind)
        hard = value + beyond if most == resource.RLIM_INFINITY else min(value + beyond, most)
        resource.setrlimit(kind, (min(value, hard), hard))


def _furnish(environment: dict[str, Any]) -> None:
    """What the kernel's own specification says, without what belongs to its server, and what the mode adds."""
    for name in [name for name in os.environ if name.startswith(("JPY_", "JUPYTER"))]:
        del os.environ[name]
    temporary = os.path.join(os.path.dirname(_place.work), "tmp")
    os.environ.update({"MPLBACKEND": "Agg", "TMPDIR": temporary, **environment})
    os.chdir(_place.work)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", line_buffering=True)
    sys.path.insert(0, _place.work)


if __name__ == "__main__":
    try:
        status = run(int(sys.argv[1]))
    except _session.Interrupted:
        # As plain Python: it dies of SIGINT, after its exit handlers. The traceback was printed.
        sys.excepthook = lambda *_: None
        raise KeyboardInterrupt from None
    raise SystemExit(status)
