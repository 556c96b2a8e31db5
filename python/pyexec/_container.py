"""Pid 1 of a container: starts the runner, confines it, and is its only way to the host.

The container's standard input and output are the host's; the code's own streams and the runner's channel end here and go
on as frames (``PROTOCOL.md``, *In a container*). What it passes on it never reads. It shares a uid with the code, so it
keeps itself out of reach: not dumpable, deaf to signals (pid 1 is to those that it does not handle), and without a
descriptor that the code has as well. It ends with its standard input, which is the host's life.
"""

from __future__ import annotations

import ctypes
import os
import resource
import selectors
import signal
import socket
import sys
import time

from pyexec import _files, _noticed, _session
from pyexec._frames import MAX_BODY_FROM_HOST, MAX_HEADER, PROTOCOL, ProtocolError, decode, lengths, packed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What one read takes, and so the longest body of what is passed on.
_PIECE = 64 << 10
#: So much may wait for a runner that does not listen; then it is not listened to either.
_PENDING = 1 << 20
#: How long what the dead have written may take to be read, seconds.
_SETTLING = 1.0
_OPEN_FILES = 1024
# prctl(2)
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 4, 22, 2
_CHANNEL = 3


def main() -> int:
    """Sees one run through. Returns twice: in pid 1, and in the process that was the code's, with its exit status."""
    _prctl(_PR_SET_DUMPABLE, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    host = _Host()
    header, filters = host.receive()
    if header.get("type") != "start" or header["protocol"] != PROTOCOL:
        raise ProtocolError(f"expected the host's start, got {header!r:.200}")
    channel, theirs = socket.socketpair()
    pipes = [os.pipe(), os.pipe()]
    wake, waker = socket.socketpair()
    runner = os.fork()
    if runner == 0:
        # Detached: nothing may close a number later that is another descriptor by then.
        _, _, _, runners_end = [end.detach() for end in (channel, wake, waker, theirs)]
        _become_runner(runners_end, [end for _, end in pipes])
        _confine(header, filters)
        return _run()
    theirs.close()
    for _, end in pipes:
        os.close(end)
    for end in (wake, waker, channel):
        end.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    host.send("up", mounts=[_identity(path) for path in header["mounts"]])
    return _Pump(host, runner, channel, wake, [start for start, _ in pipes], header["limits"]).go()


class _Host:
    """The host: frames on standard input and output."""

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """The next frame; ends everything when there is no host any more."""
        header_size, body_size = lengths(self._exactly(8))
        if not 0 < header_size <= MAX_HEADER or body_size > MAX_BODY_FROM_HOST:
            raise ProtocolError(f"a frame of {header_size} + {body_size} bytes is not one of the protocol's")
        return decode(self._exactly(header_size)), self._exactly(body_size)

    def send(self, kind: str, body: bytes = b"", /, **fields: Any) -> None:
        """Sends a frame."""
        left = memoryview(packed(kind, body, fields))
        while left:
            left = left[os.write(1, left) :]

    @staticmethod
    def _exactly(size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = os.read(0, min(size - len(parts), 1 << 20))
            if not part:
                os._exit(1)
            parts += part
        return bytes(parts)


class _Pump:
    """Everything that goes between the host and the runner."""

    def __init__(
        self,
        host: _Host,
        runner: int,
        channel: socket.socket,
        wake: socket.socket,
        streams: list[int],
        limits: dict[str, int],
    ) -> None:
        self._host, self._runner, self._channel, self._wake, self._limits = host, runner, channel, wake, limits
        self._streams = dict(zip(streams, ("stdout", "stderr"), strict=True))
        self._pending = bytearray()
        self._inputs = _files.Inputs()
        self._status: int | None = None
        self._selector = selectors.DefaultSelector()
        for source in (0, channel, wake, *streams):
            self._selector.register(source, selectors.EVENT_READ)

    def go(self) -> int:
        """Until the runner has ended and all that it left is told."""
        while self._status is None:
            self._step(None)
        _end_everybody()
        deadline = time.monotonic() + _SETTLING
        while (self._streams or self._channel.fileno() >= 0) and time.monotonic() < deadline:
            self._step(deadline - time.monotonic())
        how = _how(self._status)
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_ms = int((usage.ru_utime + usage.ru_stime) * 1000)
        how.update(cpu_ms=cpu_ms, peak_rss_bytes=usage.ru_maxrss << 10, out_of_memory=_ran_out_of_memory())
        self._host.send("status", **how)
        _files.send(self._host, self._inputs, self._limits["scratch_mb"] << 20)
        self._host.send("done")
        return how.get("code", 128 + how.get("signal", 0))

    def _step(self, patience: float | None) -> None:
        for key, mask in self._selector.select(patience):
            source = key.fileobj
            if source == 0:
                self._hear()
            elif source is self._wake:
                self._wake.recv(1 << 10)
                self._reap()
            elif source is self._channel:
                self._relay(mask)
            else:
                self._output(key.fd)

    def _hear(self) -> None:
        header, body = self._host.receive()
        kind = header.get("type")
        if kind == "channel":
            self._pending += body
            self._watch_channel()
        elif kind == "input":
            self._inputs.write(header, body)
        elif kind == "stop":
            _end_everybody(reap=False)
        else:
            raise ProtocolError(f"the host said {header!r:.200}")

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            if process == self._runner:
                self._status = status
                return

    def _relay(self, mask: int) -> None:
        try:
            if mask & selectors.EVENT_WRITE:
                del self._pending[: self._channel.send(memoryview(self._pending)[:_PIECE])]
            if mask & selectors.EVENT_READ:
                piece = self._channel.recv(_PIECE)
                if not piece:
                    raise ConnectionResetError
                self._host.send("channel", piece)
        except BlockingIOError:
            return
        except OSError:  # nobody is there any more
            self._selector.unregister(self._channel)
            self._channel.close()
            return
        self._watch_channel()

    def _watch_channel(self) -> None:
        if self._channel.fileno() < 0:
            return
        write = selectors.EVENT_WRITE if self._pending else 0
        read = selectors.EVENT_READ if len(self._pending) < _PENDING or not write else 0
        self._selector.modify(self._channel, read | write)

    def _output(self, source: int) -> None:
        piece = os.read(source, _PIECE)
        if piece:
            self._host.send("output", piece, stream=self._streams[source])
        else:
            self._selector.unregister(source)
            os.close(source)
            del self._streams[source]


def _become_runner(channel: int, streams: list[int]) -> None:
    """The descriptors of the runner protocol and no others; signals as a new process has them."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    # First out of the way of the numbers that are to be filled; 3 is taken, by pid 1's own end of the channel.
    for number, fd in enumerate([os.dup(fd) for fd in (nothing, *streams, channel)]):
        os.dup2(fd, number)
    for entry in os.listdir("/proc/self/fd"):
        if int(entry) > _CHANNEL:
            try:
                os.close(int(entry))
            except OSError:
                pass  # the listing's own


def _confine(start: dict[str, Any], filters: bytes) -> None:
    """Limits, and the system calls that this run may make: exactly those of a local one. For good."""
    limits = start["limits"]
    _prctl(_PR_SET_DUMPABLE, 1)  # its own /proc files are its own
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where memory is short the code goes, and pid 1 says so
    memory, scratch, cpu = limits["memory_mb"] << 20, (limits["scratch_mb"] + 1) << 20, limits["cpu_seconds"]
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, scratch, scratch),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 1 << 20, 1 << 20),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
    ):
        ceiling = resource.getrlimit(kind)[1]
        fits = [value if ceiling == resource.RLIM_INFINITY else min(value, ceiling) for value in (soft, hard)]
        resource.setrlimit(kind, (fits[0], fits[1]))
    offset = 0
    for size in start["filters"]:
        _filter(filters[offset : offset + size])
        offset += size


class _Program(ctypes.Structure):
    """``struct sock_fprog`` of seccomp(2)."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def _filter(instructions: bytes) -> None:
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = _Program(len(instructions) // 8, ctypes.addressof(buffer))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program))


def _prctl(option: int, *arguments: Any) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    words = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in padded]
    if ctypes.CDLL(None, use_errno=True).prctl(option, *words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")


def _run() -> int:
    try:
        return _session.run(_Contained())
    except _session.Interrupted:
        # As plain Python: it dies of SIGINT, after its exit handlers. The traceback was printed.
        sys.excepthook = lambda *_: None
        raise KeyboardInterrupt from None


class _Contained(_session.Cold):
    """How the code's process, which pid 1 has held already, gets where the code runs."""

    isolation = "container"
    shares_work = False

    def enter(self, prepare: dict[str, Any], script: str) -> int:
        if prepare["plan"] is not None:
            raise ProtocolError("there is a plan, which is for runners that are not in a container")
        return os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)

    def environment(self, prepare: dict[str, Any]) -> dict[str, str]:
        return prepare["environment"]

    def watch(self, prepare: dict[str, Any], script: str) -> _noticed.Watch:
        return _noticed.Watch(script, tuple(prepare["writable"]), prepare["process"])


def _identity(path: str) -> list[int]:
    found = os.stat(path)
    return [found.st_dev, found.st_ino]


def _end_everybody(reap: bool = True) -> None:
    """To -1 from pid 1: everybody but itself. What is reaped counts as used."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    while reap:
        try:
            os.wait()
        except ChildProcessError:
            return


def _how(status: int) -> dict[str, Any]:
    if os.WIFSIGNALED(status):
        return {"ended": "signalled", "signal": os.WTERMSIG(status)}
    return {"ended": "exited", "code": os.WEXITSTATUS(status)}


def _ran_out_of_memory() -> bool:
    """Whether the kernel has killed for the container's memory limit: cgroup v2, else v1."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as file:
                counts = dict(line.split(maxsplit=1) for line in file)
        except (OSError, ValueError):
            continue
        if int(counts.get("oom_kill", "0")) > 0:
            return True
    return False
