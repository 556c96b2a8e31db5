"""Channels: every answer of a host, and values that never leave."""

import json
import socket
import struct
import threading
import unittest
from typing import Any

from pyexec import _host, runtime
from pyexec._frames import Wire


class Channels(unittest.TestCase):
    def setUp(self) -> None:
        ours, self.host = socket.socketpair()
        _host.wire = Wire(ours)
        self.addCleanup(ours.close)
        self.addCleanup(self.host.close)
        self.addCleanup(setattr, _host, "wire", None)

    def answer(self, reply: Any) -> dict[str, Any]:
        """Answers one question in the background; the question is in the result when it was asked."""
        asked: dict[str, Any] = {}

        def serve() -> None:
            size, _ = struct.unpack("!II", self.host.recv(8))
            asked.update(json.loads(self.host.recv(size)))
            raw = json.dumps({"type": "channel_reply", "id": asked["id"], "reply": reply}).encode()
            self.host.sendall(struct.pack("!II", len(raw), 0) + raw)

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        return asked

    def test_read(self) -> None:
        asked = self.answer({"reply": "value", "value": 1.5, "units": "mm", "alarm": None})
        self.assertEqual(runtime.read_channel("A:B", timeout=2), 1.5)
        self.assertEqual(asked["request"], {"op": "read", "name": "A:B", "timeout": 2.0})
        self.answer({"reply": "value", "value": [1], "units": "mm"})
        self.assertEqual(runtime.read_channel_details("A:B").units, "mm")

    def test_write(self) -> None:
        asked = self.answer({"reply": "written", "writes": [{"name": "A", "result": "ok", "readback": 2}]})
        self.assertEqual(runtime.write_channel("A", 2).readback, 2)
        self.assertEqual(asked["request"]["writes"], [{"name": "A", "value": 2}])

    def test_refusals_and_errors(self) -> None:
        self.answer({"reply": "error", "error": {"class": "refusal", "message": "no", "help": "ask"}})
        with self.assertRaisesRegex(runtime.ChannelRefused, "no .ask."):
            runtime.write_channel("A", 1)
        self.answer({"reply": "error", "error": {"class": "infrastructure", "message": "away"}})
        with self.assertRaises(runtime.ChannelError) as caught:
            runtime.read_channel("A")
        self.assertNotIsInstance(caught.exception, runtime.ChannelRefused)
        for result, kind in (("refused", runtime.ChannelRefused), ("unknown", runtime.ChannelOutcomeUnknown)):
            writes = [{"name": "A", "result": "ok"}, {"name": "B", "result": result, "notes": "late"}]
            self.answer({"reply": "written", "writes": writes})
            with self.assertRaisesRegex(kind, "B.*late"):
                runtime.write_channels({"A": 1, "B": 2})

    def test_answers_that_are_none(self) -> None:
        for reply in (None, {}, {"reply": "written", "writes": []}, {"reply": "value"}):
            with self.subTest(reply=reply):
                self.answer(reply)
                with self.assertRaises(runtime.ChannelError):
                    runtime.write_channel("A", 1)

    def test_values_that_never_leave(self) -> None:
        for value in (float("nan"), float("inf"), [1.0, float("nan")]):
            with self.assertRaises(runtime.ChannelRefused):
                runtime.write_channel("A", value)
        for value in (None, {}, object(), [[1]], ["x"]):
            with self.assertRaises(TypeError):
                runtime.write_channel("A", value)
        with self.assertRaises(TypeError):
            runtime.read_channel("")
        with self.assertRaises(ValueError):
            runtime.read_channel("A", timeout=float("nan"))
        self.host.setblocking(False)
        self.assertRaises(BlockingIOError, self.host.recv, 1)

    def test_outside_a_run(self) -> None:
        _host.wire = None
        with self.assertRaisesRegex(runtime.ChannelError, "inside a pyexec run"):
            runtime.read_channel("A")
