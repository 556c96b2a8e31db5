"""Speaks the runner protocol without a jail; the tests put what is to be said at the two marks."""

import hashlib
import json
import os
import signal  # noqa: F401
import socket
import struct
import sys
import time  # noqa: F401

channel = socket.socket(fileno=3)


def frame(header, body=b""):
    header = json.dumps(header).encode()
    return struct.pack(">II", len(header), len(body)) + header + body


def send(header, body=b""):
    channel.sendall(frame(header, body))


def take(size):
    data = b""
    while len(data) < size:
        piece = channel.recv(size - len(data))
        if not piece:
            sys.exit("the host went away")
        data += piece
    return data


def receive():
    header, body = struct.unpack(">II", take(8))
    return json.loads(take(header)), take(body)


def ready():
    header = {"type": "ready", "protocol": 1, "python": "3.0.0", "isolation": "full"}
    folder = os.open("/tmp", os.O_RDONLY)
    socket.send_fds(channel, [frame(header)], [folder])


def status(line):
    os.write(5, json.dumps(line).encode() + b"\n")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


prepare = receive()
# BEFORE
release = receive()
# AFTER
