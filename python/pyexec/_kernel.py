"""What runs in the kernel of a Jupyter server: it stages the run, starts the code in a process of its own (``_endpoint.py``),
and carries what the two ends say to each other. Sent as text and executed there, so it stands alone.

Everything goes over the kernel's input requests: what ``input()`` asks is a message to the host, what it returns is the
host's answer. Unlike the kernel's published output these are neither limited in rate nor dropped nor seen by others who
are connected, and the answer paces what comes next. The code itself has no input and no part in this."""

from __future__ import annotations

import base64
import ctypes
import fcntl
import hashlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


#: What one message carries at most, bytes. The server's limit for a message is some 10 MiB.
_CHUNK = 512 << 10
#: The least that the host hears from here: it also asks then what there is for the code.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.5
#: A host that does not answer for so long is gone, and nobody sees the code any more.
_SILENCE = 120.0
#: How long the code may take to end when it is interrupted; and what it has written to be read when it has ended.
_GRACE, _SETTLING = 1.0, 1.0
_PREFIX = "code-run-"
_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36


class Gone(Exception):
    """The host does not want the run any more."""


class Host:
    """The other end: asked one thing at a time."""

    def __init__(self, nonce: str, ask: Callable[[str], str]) -> None:
        self._nonce = nonce
        self._ask = ask
        self._asked: float | None = None

    def call(self, kind: str, body: bytes = b"", **fields: Any) -> tuple[dict[str, Any], bytes]:
        """What the host answers: fields and bytes."""
        header = json.dumps({"call": kind, **fields})
        self._asked = time.monotonic()
        text = self._ask(f"{self._nonce} {base64.b64encode(body).decode()} {header}")
        self._asked = None
        answered, _, header = text.partition(" ")
        told = json.loads(header)
        if told.get("gone"):
            raise Gone
        return told, base64.b64decode(answered)

    def silence(self) -> float:
        """For how long it has not answered, seconds."""
        asked = self._asked
        return 0.0 if asked is None else time.monotonic() - asked


class Interrupts:
    """Notes an interrupt instead of raising wherever this program is; wakes who waits on ``descriptor``."""

    def __init__(self) -> None:
        self.descriptor, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self.since: float | None = None
        self._before = signal.signal(signal.SIGINT, self._note)

    def _note(self, *_: Any) -> None:
        if self.since is None:
            self.since = time.monotonic()
            os.write(self._write, b"x")

    def restore(self) -> None:
        """As it was."""
        signal.signal(signal.SIGINT, self._before)


class Run:
    """One run: folders, the code's process, and what it leaves."""

    def __init__(self, host: Host, order: dict[str, Any]) -> None:
        self.host = host
        self.order = order
        clean_up()
        self.root, self.lock = make_folder()
        self.work = os.path.join(self.root, "work")
        #: Where links of ours lead.
        self.links: dict[bytes, bytes] = {}
        self.interrupts = Interrupts()
        self.child: subprocess.Popen[bytes] | None = None

    def stage(self) -> bytes:
        """Folders, the runtime, inputs. Returns the context."""
        for name in ("work", "script", "tmp", "inputs", "runtime", "runtime/pyexec"):
            os.mkdir(os.path.join(self.root, name), 0o700)
        for name, text in self.order["runtime"].items():
            with open(os.path.join(self.root, "runtime/pyexec", name), "xb") as file:
                file.write(base64.b64decode(text))
        for index, item in enumerate(self.order["inputs"]):
            path, link = (os.path.join(self.root, folder, item["name"]) for folder in ("inputs", "work"))
            with open(path, "xb") as file:
                self._fetch(index, item, file.write)
            os.chmod(path, 0o400)
            os.symlink(path, link)
            self.links[os.fsencode(link)] = os.fsencode(path)
        context: list[bytes] = []
        if self.order["context"] is not None:
            self._fetch(len(self.order["inputs"]), self.order["context"], context.append)
        return b"".join(context)

    def _fetch(self, index: int, item: dict[str, Any], take: Callable[[bytes], Any]) -> None:
        digest, offset = hashlib.sha256(), 0
        while offset < item["bytes"]:
            _, data = self.host.call("fetch", index=index, offset=offset)
            if not data:
                break
            digest.update(data)
            offset += len(data)
            take(data)
        if digest.hexdigest() != item["sha256"]:
            raise ValueError(f"{item['name']} did not arrive as it was sent")

    def start(self, context: bytes) -> None:
        """The code's process, up to where it waits for its code."""
        prctl = ctypes.CDLL(None).prctl
        prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # the server's secrets are in this process
        self.kernels_own = children()
        self.channel, theirs = socket.socketpair()
        self.channel.settimeout(10.0)
        program = os.path.join(self.root, "runtime/pyexec/_endpoint.py")
        with theirs:
            self.child = subprocess.Popen(
                [sys.executable, "-P", "-B", program, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                cwd=self.root,
            )
        header = json.dumps(
            {
                "type": "prepare",
                "protocol": self.order["protocol"],
                "kernel": os.getpid(),
                "work": self.work,
                "script": os.path.join(self.root, "script"),
                "environment": self.order["environment"],
                "limits": self.order["limits"],
                "results_max_bytes": self.order["results_max_bytes"],
            }
        ).encode()
        self.channel.sendall(struct.pack("!II", len(header), len(context)) + header + context)

    def attend(self) -> dict[str, Any]:
        """Carries everything until the code's process is dead and what it said has arrived."""
        sources = {
            self.channel.fileno(): ("frames", {}),
            self.child.stdout.fileno(): ("output", {"stream": "stdout"}),
            self.child.stderr.fileno(): ("output", {"stream": "stderr"}),
        }
        status, ended, pause = None, None, _FIRST_PAUSE
        while True:
            self._stop_if_told()
            if status is None:
                status, ended = self._reap(), time.monotonic()
            elif not sources or time.monotonic() > ended + _SETTLING:
                return status
            found, _, _ = select.select([*sources, self.interrupts.descriptor], [], [], pause)
            ready = [descriptor for descriptor in found if descriptor in sources]
            if len(ready) < len(found):
                os.read(self.interrupts.descriptor, 1)
            for descriptor in ready:
                data = _read(descriptor)
                if data:
                    self._tell(sources[descriptor], data)
                else:
                    del sources[descriptor]
            pause = _FIRST_PAUSE if ready or status else min(pause * 2, _LONGEST_PAUSE)
            if not ready and status is None:
                self._tell(("beat", {}), b"")

    def _tell(self, what: tuple[str, dict[str, str]], data: bytes) -> None:
        kind, fields = what
        _, answer = self.host.call(kind, data, **fields)
        if answer:
            try:
                self.channel.sendall(answer)
            except OSError:
                pass  # whether the code hears it is its own business

    def wait(self) -> None:
        """For the first word of the host to the process that is ready: the code."""
        _, answer = self.host.call("wait")
        self.channel.sendall(answer)

    def await_ready(self) -> None:
        """The child's first frame, and on to the host."""
        data = b""
        while len(data) < 8 or len(data) < 8 + sum(struct.unpack("!II", data[:8])):
            part = self.channel.recv(_CHUNK) if self._is_readable() else b""
            if not part:
                break
            data += part
        complaint = b"" if data else self._complaint()
        self.host.call("ready", data, complaint=complaint.decode("utf-8", "replace"))

    def _is_readable(self) -> bool:
        return bool(select.select([self.channel], [], [], 60.0)[0])

    def _complaint(self) -> bytes:
        self.child.kill()
        return self.child.communicate()[1][-4096:]

    def _stop_if_told(self) -> None:
        since = self.interrupts.since
        if since is not None and time.monotonic() > since + _GRACE and self.child.returncode is None:
            os.kill(self.child.pid, signal.SIGKILL)  # Popen's own way would also reap it, and lose how it ended

    def _reap(self) -> dict[str, Any] | None:
        """How the code's process ended, if it did; then nothing that it started lives on."""
        pid, status, usage = os.wait4(self.child.pid, os.WNOHANG)
        if not pid:
            return None
        self.child.returncode = os.waitstatus_to_exitcode(status)
        self.sweep()
        told = {
            "cpu_ms": int((usage.ru_utime + usage.ru_stime) * 1000),
            "peak_rss_bytes": usage.ru_maxrss * 1024,
        }
        if os.WIFSIGNALED(status):
            return {"ended": "signalled", "signal": os.WTERMSIG(status), **told}
        return {"ended": "exited", "code": os.WEXITSTATUS(status), **told}

    def sweep(self) -> None:
        """Kills what the code has left running: orphans become children of the kernel, so they are found."""
        until = time.monotonic() + _GRACE
        while time.monotonic() < until:
            left = children() - self.kernels_own
            if not left:
                return
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                except OSError:
                    pass

    def give(self) -> None:
        """Every file that the code left, in the order of their names."""
        sys.path.insert(0, os.path.join(self.root, "runtime"))
        from pyexec import _files, _frames, _place

        _place.settle(self.work, os.path.join(self.root, "script"))
        pieces = Pieces(self.host, _frames.packed)
        _files.send(pieces, self, self.order["limits"]["scratch_mb"] << 20)
        pieces.close()

    def clear(self) -> None:
        """Ends what is left, and the folders."""
        if self.child is not None:
            if self.child.returncode is None:
                self.child.kill()
                self.child.wait()
            self.sweep()
            self.child = None
        shutil.rmtree(self.root, ignore_errors=True)


class Pieces:
    """Gathers the frames of what the code left, and sends them in few messages."""

    def __init__(self, host: Host, packed: Callable[[str, bytes, dict[str, Any]], bytes]) -> None:
        self._host = host
        self._packed = packed
        self._gathered = b""

    def send(self, kind: str, body: bytes = b"", /, **fields: Any) -> None:
        """One frame more."""
        self._gathered += self._packed(kind, body, fields)
        while len(self._gathered) >= _CHUNK:
            self._flush()

    def close(self) -> None:
        """That was all."""
        while self._gathered:
            self._flush()

    def _flush(self) -> None:
        self._host.call("left", self._gathered[:_CHUNK])
        self._gathered = self._gathered[_CHUNK:]


def _read(descriptor: int) -> bytes:
    """What is there; nothing at the end, also at one that left unread what it was told."""
    try:
        return os.read(descriptor, _CHUNK)
    except OSError:
        return b""


def children() -> set[int]:
    """Of this process."""
    own, found = os.getpid(), set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    parent = int(file.read().rpartition(b") ")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if parent == own:
                found.add(int(name))
    return found


def make_folder() -> tuple[str, int]:
    """A folder for a run, and its lock. Until it is locked another kernel may take it for a dead one's: then another."""
    while True:
        root = tempfile.mkdtemp(prefix=_PREFIX)
        lock = os.open(os.path.join(root, "lock"), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)  # who cleans up has it for moments
        if os.fstat(lock).st_nlink:
            return root, lock
        os.close(lock)


def clean_up() -> None:
    """Folders of runs whose kernel was killed before it could: nobody holds their lock."""
    for name in os.listdir(tempfile.gettempdir()):
        if name.startswith(_PREFIX):
            folder = os.path.join(tempfile.gettempdir(), name)
            try:
                if os.lstat(folder).st_uid != os.getuid():
                    continue
                lock = os.open(os.path.join(folder, "lock"), os.O_RDONLY | os.O_NOFOLLOW)
            except OSError:
                continue  # just being made, or gone
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            except OSError:
                pass  # in use
            finally:
                os.close(lock)


def watch(host: Host, over: threading.Event) -> None:
    """Ends the kernel and the code when the host is gone while code runs."""
    while not over.wait(5.0):
        if host.silence() > _SILENCE:
            os._exit(1)  # with the kernel its child dies


def main(order: dict[str, Any], ask: Callable[[str], str]) -> None:
    """One run. ``order`` is the host's JSON, ``ask`` the kernel's ``input``."""
    host = Host(order["nonce"], ask)
    over = threading.Event()
    run = Run(host, order)
    try:
        run.start(run.stage())
        run.await_ready()
        run.wait()
        threading.Thread(target=watch, args=(host, over), daemon=True).start()
        status = run.attend()
        host.call("ended", json.dumps(status).encode(), interrupted=run.interrupts.since is not None)
        run.give()
        over.set()
        run.clear()
        host.call("done")
    except Gone:
        pass
    except Exception as error:
        host.call("failed", message=f"{type(error).__name__}: {error!s:.400}")
    finally:
        over.set()
        run.clear()
        run.interrupts.restore()
