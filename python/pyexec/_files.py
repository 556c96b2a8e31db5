"""Files that cross as frames: inputs on their way in, and what the code left on its way out. For pid 1 of a container.

What is found below ``/work`` was named and written by hostile code, which is dead by now. The host checks and bounds all of
it again; here it is only kept from being followed, opened or read without end.
"""

from __future__ import annotations

import os
import stat

from pyexec import _place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Host(Protocol):
        """Who takes frames."""

        def send(self, kind: str, body: bytes = b"", /, **fields: Any) -> None:
            """Takes one."""


_INPUTS = "/inputs"
_PIECE = 1 << 20
# As the host's own collector has it.
_MOST_FILES, _MOST_ENTRIES, _DEEPEST = 2000, 20_000, 16


class Inputs:
    """Copies below ``/inputs``, with a link at each place where code may look for one."""

    def __init__(self) -> None:
        #: Links below ``/work``, and where they lead: not the code's work.
        self.links: dict[bytes, bytes] = {}

    def write(self, header: dict[str, Any], piece: bytes) -> None:
        """The next piece of an input; the last one makes it appear."""
        path = os.path.join(_INPUTS, header["name"])
        with open(path, "ab") as file:
            file.write(piece)
        if not header["last"]:
            return
        os.chmod(path, 0o444)
        self._link(path, os.path.join(_place.work, header["name"]))
        self._link(path, header["original"])

    def _link(self, target: str, at: str) -> None:
        if os.path.lexists(at):
            return  # the original may lie in /work, under the same name
        os.makedirs(os.path.dirname(at), exist_ok=True)
        os.symlink(target, at)
        self.links[os.fsencode(at)] = os.fsencode(target)


def send(host: Host, inputs: Inputs, bytes_left: int) -> None:
    """Every regular file below the working folder, by name."""
    _Walk(host, inputs, bytes_left).folder(os.fsencode(_place.work), b"", 1)


class _Walk:
    def __init__(self, host: Host, inputs: Inputs, bytes_left: int) -> None:
        self._host, self._links, self._bytes_left = host, inputs.links, bytes_left
        self._files = self._entries = 0

    def folder(self, folder: bytes, path: bytes, depth: int) -> None:
        try:
            names = sorted(os.listdir(folder))
            device = os.lstat(folder).st_dev
        except OSError:
            return self._left_out("unreadable", path)
        for name in names:
            self._entries += 1
            at = os.path.join(path, name)
            if self._entries > _MOST_ENTRIES:
                return self._left_out("too_many", at)
            self._entry(os.path.join(folder, name), at, device, depth)

    def _entry(self, place: bytes, path: bytes, device: int, depth: int) -> None:
        try:
            found = os.lstat(place)
        except OSError:
            return self._left_out("unreadable", path)
        if stat.S_ISLNK(found.st_mode):
            if self._links.get(place) != os.readlink(place):
                self._left_out("link", path)
        elif found.st_dev != device:
            pass  # a granted folder, mounted there: not the code's work
        elif stat.S_ISDIR(found.st_mode):
            if depth > _DEEPEST:
                return self._left_out("too_deep", path)
            self.folder(place, path, depth + 1)
        elif not stat.S_ISREG(found.st_mode):
            self._left_out("special", path)
        elif self._files >= _MOST_FILES:
            self._left_out("too_many", path)
        elif found.st_size > self._bytes_left:
            self._left_out("too_much", path)
        else:
            self._file(place, path, found.st_size)

    def _file(self, place: bytes, path: bytes, size: int) -> None:
        try:
            source = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return self._left_out("unreadable", path)
        self._files += 1
        self._bytes_left -= size
        self._host.send("file", path=path.hex())
        try:
            while size > 0 and (piece := os.read(source, min(size, _PIECE))):
                self._host.send("data", piece)
                size -= len(piece)
        finally:
            os.close(source)

    def _left_out(self, reason: str, path: bytes) -> None:
        self._host.send("left_out", reason=reason, path=path[:255].hex())
