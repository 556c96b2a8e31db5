"""The wire: what is understood, what is refused before it costs anything."""

import json
import os
import socket
import struct
import unittest

from pyexec._frames import MAX_BODY, ProtocolError, Wire, encode


def frame(header: object, body: bytes = b"") -> bytes:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!II", len(raw), len(body)) + raw + body


class Frames(unittest.TestCase):
    def setUp(self) -> None:
        ours, self.theirs = socket.socketpair()
        self.wire = Wire(ours)
        self.addCleanup(ours.close)
        self.addCleanup(self.theirs.close)

    def test_a_frame_in_pieces_is_a_frame(self) -> None:
        for byte in frame({"type": "release", "sha256": "x"}, b"code"):
            self.theirs.send(bytes([byte]))
        header, body = self.wire.receive("release")
        self.assertEqual((header["sha256"], body), ("x", b"code"))

    def test_what_is_sent_can_be_read(self) -> None:
        self.wire.send("error", kind="runtime", message="ä\ud800")
        header_size, body_size = struct.unpack("!II", self.theirs.recv(8))
        header = json.loads(self.theirs.recv(header_size))
        self.assertEqual((header, body_size), ({"type": "error", "kind": "runtime", "message": "ä?"}, 0))

    def test_descriptors_are_taken_only_by_who_wants_them(self) -> None:
        read, write = os.pipe()
        self.addCleanup(os.close, write)
        socket.send_fds(self.theirs, [frame({"type": "prepare"})], [read])
        self.wire.receive("prepare")
        self.assertEqual(self.wire.descriptors(), [])
        ours, theirs = socket.socketpair()
        self.addCleanup(theirs.close)
        wire = Wire(ours, takes_descriptors=True)
        self.addCleanup(ours.close)
        socket.send_fds(theirs, [frame({"type": "prepare"})], [read, write])
        os.close(read)
        wire.receive("prepare")
        taken = wire.descriptors()
        self.assertEqual((len(taken), wire.descriptors()), (2, []))
        os.write(taken[1], b"x")
        self.assertEqual(os.read(taken[0], 1), b"x")
        for descriptor in taken:
            os.close(descriptor)

    def test_a_descriptor_rides_along(self) -> None:
        read, write = os.pipe()
        self.wire.send("ready", descriptor=read)
        _, descriptors, _, _ = socket.recv_fds(self.theirs, 4096, 1)
        os.write(write, b"x")
        self.assertEqual(os.read(descriptors[0], 1), b"x")
        for descriptor in (read, write, *descriptors):
            os.close(descriptor)

    def test_what_is_no_frame(self) -> None:
        for sent in (
            frame({"type": "other"}),
            frame([1]),
            frame(b"{"),
            frame(b"\xff\xfe"),
            struct.pack("!II", 0, 0),
            struct.pack("!II", 1 << 20, 0),
            struct.pack("!II", 10, 1 << 30),
        ):
            with self.subTest(sent=sent):
                self.setUp()
                self.theirs.sendall(sent)
                with self.assertRaises(ProtocolError):
                    self.wire.receive("release")

    def test_a_host_that_is_gone(self) -> None:
        self.theirs.sendall(b"\0\0")
        self.theirs.close()
        with self.assertRaisesRegex(ProtocolError, "gone"):
            self.wire.receive("release")

    def test_nothing_too_long_is_sent(self) -> None:
        with self.assertRaises(ProtocolError):
            self.wire.send("result", bytes(MAX_BODY + 1))
        with self.assertRaises(ProtocolError):
            self.wire.send("error", message="x" * (1 << 17))

    def test_a_fork_is_silent(self) -> None:
        pid = os.fork()
        if pid == 0:
            try:
                self.wire.send("end")
            except ProtocolError:
                os._exit(7)
            os._exit(0)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 7)

    def test_json_has_no_nan(self) -> None:
        with self.assertRaises(ValueError):
            encode(float("nan"))
