"""An opener's life: ``opener`` → ``open`` → ``opened`` with one descriptor, or ``error``, and again, until the host closes
the channel."""

from __future__ import annotations

import json
import os
import socket

from pyexec import _cell, _jail, _session
from pyexec._frames import ProtocolError, Wire
from pyexec._jail import JailError, checked


def serve() -> int:
    """Until the host closes the channel."""
    # A careless host's: its own end of the channel among them would hide that it is gone.
    os.closerange(_session.CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))
    wire = Wire(socket.socket(fileno=_session.CHANNEL))
    try:
        order, _ = wire.receive("opener")
        calls = _cell.load_pool(order["library"])
        uid, gid = (-1 if value is None else value for value in (order["uid"], order["gid"]))
        opener = checked(lambda *error: calls.pyexec_sandbox_opener(uid, gid, *error), ok=bool)
        wire.send("opened")
    except (JailError, ProtocolError, OSError, KeyError, TypeError, ValueError) as error:
        return _session.refuse(wire, error)
    while True:
        try:
            request, _ = wire.receive("open")
        except (ProtocolError, OSError):
            return 0
        mount = json.dumps(request["mount"]).encode()
        try:
            tree = checked(
                lambda *error: calls.pyexec_sandbox_open_mount(opener, mount, len(mount), *error),
                ok=lambda descriptor: descriptor >= 0,
            )
        except _jail.JailError as error:
            _session.refuse(wire, error)
            continue
        try:
            wire.send("opened", descriptor=tree)
        finally:
            os.close(tree)
