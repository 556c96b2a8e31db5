"""Channels of the control system. Every call is a question to the host, which knows what was approved and within which
limits; there is no other way to a channel."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyexec import _host
from pyexec._frames import ProtocolError

__all__ = [
    "ChannelError",
    "ChannelOutcomeUnknown",
    "ChannelReading",
    "ChannelRefused",
    "read_channel",
    "read_channel_details",
    "write_channel",
    "write_channels",
]


class ChannelError(Exception):
    """A channel could not be read or written."""


class ChannelRefused(ChannelError):
    """The write is not allowed; nothing was written, and writing it another way will be refused as well."""


class ChannelOutcomeUnknown(ChannelError):
    """Nobody knows whether the value arrived. Read the channel before doing anything else."""


@dataclass(frozen=True)
class ChannelReading:
    """A value with what the control system says about it."""

    value: Any
    timestamp: float | None = None
    units: str | None = None
    precision: int | None = None
    alarm: str | None = None
    lower_limit: float | None = None
    upper_limit: float | None = None


@dataclass(frozen=True)
class WriteReport:
    """What is known after a write that arrived."""

    name: str
    readback: Any = None
    notes: str | None = None


_ids = itertools.count(1)
_turn = threading.Lock()


def read_channel(name: str, *, timeout: float | None = None) -> Any:
    """The channel's value. ``timeout`` is in seconds."""
    return read_channel_details(name, timeout=timeout).value


def read_channel_details(name: str, *, timeout: float | None = None) -> ChannelReading:
    """The channel's value, its time, units, alarm and limits."""
    reply = _ask({"op": "read", "name": _name(name), "timeout": _timeout(timeout)})
    if reply.get("reply") != "value":
        raise ChannelError(f"the host answered {reply!r:.200} to a read")
    return ChannelReading(**{field: reply.get(field) for field in ChannelReading.__dataclass_fields__})


def write_channel(name: str, value: Any, *, timeout: float | None = None) -> WriteReport:
    """Writes one channel. Anything but certain success is an exception."""
    return write_channels([(name, value)], timeout=timeout)[0]


def write_channels(
    writes: Mapping[str, Any] | Iterable[tuple[str, Any]], *, timeout: float | None = None
) -> list[WriteReport]:
    """Writes channels in order. All are checked before the first is written."""
    pairs = list(writes.items() if isinstance(writes, Mapping) else writes)
    asked = [{"name": _name(name), "value": _value(name, value)} for name, value in pairs]
    reply = _ask({"op": "write", "writes": asked, "timeout": _timeout(timeout)})
    reports = reply.get("writes") if reply.get("reply") == "written" else None
    if not isinstance(reports, list) or len(reports) != len(asked):
        raise ChannelOutcomeUnknown(f"the host answered {reply!r:.200} to a write")
    for kind, result in ((ChannelOutcomeUnknown, "unknown"), (ChannelRefused, "refused")):
        names = [str(report.get("name")) for report in reports if report.get("result") == result]
        if names:
            notes = "; ".join(str(report["notes"]) for report in reports if report.get("notes"))
            advice = " (read before writing again)" if result == "unknown" else ""
            raise kind(f"write of {', '.join(names)}: {result}{advice}{': ' if notes else ''}{notes}")
    return [WriteReport(r.get("name", ""), r.get("readback"), r.get("notes")) for r in reports]


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    """One question and its answer; others wait their turn."""
    wire = _host.wire
    if wire is None:
        raise ChannelError("channels exist only inside a pyexec run")
    number = next(_ids)
    try:
        with _turn:
            wire.send("channel", id=number, request=request)
            header, _ = wire.receive("channel_reply")
            # Answers to questions that an exception interrupted.
            while isinstance(header.get("id"), int) and header["id"] < number:
                header, _ = wire.receive("channel_reply")
    except (ProtocolError, OSError) as error:
        raise ChannelError(f"the host cannot be asked: {error}") from None
    reply = header.get("reply")
    if header.get("id") != number or not isinstance(reply, dict):
        raise ChannelError("the host answered something else")
    if reply.get("reply") == "error":
        _raise(reply.get("error"))
    return reply


def _raise(error: Any) -> None:
    details = error if isinstance(error, dict) else {}
    message = str(details.get("message", "refused"))
    if details.get("help"):
        message = f"{message} ({details['help']})"
    raise (ChannelRefused if details.get("class") == "refusal" else ChannelError)(message)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise TypeError(f"a channel's name is a text, not {name!r:.100}")
    return str.__str__(name)


def _timeout(timeout: float | None) -> float | None:
    if timeout is None:
        return None
    seconds = float(timeout)
    if not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(f"a timeout is a positive number of seconds, not {timeout!r}")
    return seconds


def _value(name: str, value: Any) -> Any:
    """What JSON can carry: numbers, booleans, texts, lists of numbers. numpy's become Python's."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        if any(isinstance(item, (list, tuple, str)) for item in value):
            raise TypeError(f"{name}: a channel takes a list of numbers, not of {type(value[0]).__name__}s")
        return [_value(name, item) for item in value]
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ChannelRefused(f"{name}: {value!r} is not a number that can be written")
        return float(value)
    raise TypeError(f"{name}: a channel takes a number, boolean, text or list of numbers, not {type(value).__name__}")
