"""Frames of the runner protocol over a stream socket: two big-endian lengths, a JSON header, a body."""

from __future__ import annotations

import array
import json
import os
import socket
import struct
import threading

#: For type checkers only: `typing` costs a third of a plain start.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROTOCOL = 1
MAX_HEADER = 64 << 10
MAX_BODY_FROM_HOST = 32 << 20
MAX_BODY = 16 << 20
#: With one frame; the kernel's own limit is 253.
MAX_DESCRIPTORS = 200
_LENGTHS = struct.Struct("!II")
# Bound now: code that replaces functions of the `json` module must not lose its own results.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode
_decode = json.JSONDecoder().decode


class ProtocolError(Exception):
    """The other side does not speak the protocol, or is gone."""


class Wire:
    """One end of the channel. Sending is safe from several threads; receiving is up to one at a time."""

    def __init__(self, connection: socket.socket, *, takes_descriptors: bool = False) -> None:
        self._connection = connection
        self._takes = takes_descriptors
        self._taken: list[int] = []
        self._sending = threading.Lock()
        self._owner = os.getpid()

    def adopt(self) -> None:
        """Makes this process the one that may speak: its forks inherit the socket but must not mix their frames in."""
        self._owner = os.getpid()

    @property
    def is_mine(self) -> bool:
        """Whether this process may speak."""
        return os.getpid() == self._owner

    def descriptors(self) -> list[int]:
        """Those that came along with the frames since the last call. From now on they are the caller's."""
        taken, self._taken = self._taken, []
        return taken

    def let_go(self) -> None:
        """Leaves the descriptor to whoever owns its number now."""
        self._connection.detach()

    def receive(self, expected: str) -> tuple[dict[str, Any], bytes]:
        """The next frame, which must be of this type."""
        header_size, body_size = lengths(self._exactly(_LENGTHS.size))
        if not 0 < header_size <= MAX_HEADER or body_size > MAX_BODY_FROM_HOST:
            raise ProtocolError(f"a frame of {header_size} + {body_size} bytes is not one of the protocol's")
        raw, body = self._exactly(header_size), self._exactly(body_size)
        header = decode(raw)
        if header.get("type") != expected:
            raise ProtocolError(f"expected {expected!r}, got {header!r:.200}")
        return header, body

    def send(self, kind: str, body: bytes = b"", /, *, descriptor: int | None = None, **fields: Any) -> None:
        """Sends a frame; ``descriptor`` rides along."""
        frame = packed(kind, body, fields)
        if not self.is_mine:
            raise ProtocolError("only the process that the host started speaks with it")
        with self._sending:
            if descriptor is not None:
                rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))
                frame = frame[self._connection.sendmsg([frame], [rights]) :]
            self._connection.sendall(frame)

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._receive(min(size - len(parts), 1 << 20))
            if not part:
                raise ProtocolError("the host is gone")
            parts += part
        return bytes(parts)

    def _receive(self, size: int) -> bytes:
        if not self._takes:
            return self._connection.recv(size)
        part, taken, _, _ = socket.recv_fds(self._connection, size, MAX_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
        self._taken += taken
        return part


def lengths(prefix: bytes) -> tuple[int, int]:
    """Of the header and of the body that follow, unchecked."""
    header, body = _LENGTHS.unpack(prefix)
    return header, body


def decode(raw: bytes) -> dict[str, Any]:
    """A header."""
    try:
        header = _decode(raw.decode())
    except ValueError as error:
        raise ProtocolError(f"a frame's header is no JSON: {error}") from None
    if not isinstance(header, dict):
        raise ProtocolError(f"a frame's header is no object: {header!r:.200}")
    return header


def packed(kind: str, body: bytes, fields: dict[str, Any]) -> bytes:
    """A frame as it goes over the wire."""
    header = encode({"type": kind, **fields})
    if len(header) > MAX_HEADER or len(body) > MAX_BODY:
        raise ProtocolError(f"a {kind} frame of {len(header)} + {len(body)} bytes is too long")
    return _LENGTHS.pack(len(header), len(body)) + header + body


def encode(value: Any) -> bytes:
    """Strict JSON in UTF-8: no NaN; half a surrogate pair, which UTF-8 has not, becomes ``?``."""
    text = _encode(value)
    return text.encode("utf-8", "replace")
