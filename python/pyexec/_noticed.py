"""What the code tries that its permit may not open, as far as Python itself tells: a claim, told to the host at the end.

The kernel refuses and counts by itself; this adds the line of the code, and the paths, of which the kernel says nothing."""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_NOTICED, _MAX_WHAT = 24, 200
_SCRATCH = ("/work", "/tmp", "/dev/shm")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/stdout", "/dev/stderr")
_CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)

#: Programs that libraries ask about the machine, each ready to do without. Where no program may be started they are told that
#: there is none before the kernel is asked, so that it refuses nothing that the code never wanted. Nobody can hide behind
#: that: what is not asked for is not done, and what is asked for all the same is counted by the kernel as ever.
_ASKED_BY_LIBRARIES = {
    "fc-list",  # matplotlib: fonts, at its first import
    "uname",  # platform.processor()
    "lscpu",  # joblib, and so scikit-learn: cores
    *("ldconfig", "gcc", "cc", "ld", "objdump"),  # ctypes.util.find_library()
}

#: Audit events, what they are about, and which of their arguments are paths.
_EVENTS: dict[str, tuple[str, tuple[int, ...]]] = {
    "socket.__new__": ("net", ()),
    "socket.connect": ("net", ()),
    "socket.bind": ("net", ()),
    "socket.getaddrinfo": ("net", ()),
    "subprocess.Popen": ("process", ()),
    "os.system": ("process", ()),
    "os.fork": ("process", ()),
    "os.forkpty": ("process", ()),
    "os.exec": ("process", ()),
    "os.posix_spawn": ("process", ()),
    "os.spawn": ("process", ()),
    "pty.spawn": ("process", ()),
    "open": ("fs.write", (0,)),
    "os.remove": ("fs.write", (0,)),
    "os.rename": ("fs.write", (0, 1)),
    "os.rmdir": ("fs.write", (0,)),
    "os.mkdir": ("fs.write", (0,)),
    "os.chmod": ("fs.write", (0,)),
    "os.chown": ("fs.write", (0,)),
    "os.link": ("fs.write", (1,)),
    "os.symlink": ("fs.write", (1,)),
    "os.truncate": ("fs.write", (0,)),
}


class Watch:
    """Notes what passes by while the code runs. ``writable`` are the folders that the plan opens, ``process`` is whether it
    lets programs be started."""

    def __init__(self, script: str, writable: tuple[str, ...], process: bool) -> None:
        self._script = script
        self._process = process
        self._writable = _SCRATCH + writable
        self._noticed: dict[tuple[str, str], tuple[int | None, int]] = {}

    def begin(self) -> None:
        """From now on; there is no end to it, as Python has none for its hooks."""
        events, see, spare = _EVENTS, self._see, self._spare

        # Called for every audit event of the process: the first test is all that most of them cost.
        def hook(event: str, args: tuple[Any, ...]) -> None:
            if event in events:
                if event == "subprocess.Popen":
                    spare(args[0])
                try:
                    see(event, args)
                except Exception:  # a path may be anything, and to notice nothing is no failure
                    pass

        sys.addaudithook(hook)

    def failed(self, error: BaseException, line: int | None) -> None:
        """The exception that ended the code, if it is about a path that is not visible."""
        if not isinstance(error, OSError) or not isinstance(error.filename, (str, bytes)):
            return
        path = os.path.abspath(os.fsdecode(error.filename))
        hidden = error.errno == errno.ENOENT and not self._is_ours(path)
        if hidden or error.errno in _REFUSED:
            if ("fs.write", path[:_MAX_WHAT]) not in self._noticed:
                self._note("fs.read", path, line)

    def notes(self) -> list[dict[str, Any]]:
        """What the host is told."""
        return [
            {"area": area, "what": what, "line": line, "count": count}
            for (area, what), (line, count) in self._noticed.items()
        ]

    def _spare(self, program: Any) -> None:
        """Raises if it is a library that asks for one of its programs, in vain."""
        if self._process or not isinstance(program, str) or os.path.basename(program) not in _ASKED_BY_LIBRARIES:
            return
        caller = sys._getframe()
        while caller is not None and caller.f_globals.get("__name__") in (__name__, "subprocess"):
            caller = caller.f_back
        if caller is not None and caller.f_code.co_filename != self._script:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)

    def _see(self, event: str, args: tuple[Any, ...]) -> None:
        area, paths = _EVENTS[event]
        if not paths:
            self._note(area, event, self._line())
            return
        if event == "open" and not (isinstance(args[2], int) and args[2] & _CHANGES):
            return
        for index in paths:
            if isinstance(args[index], (str, bytes)):
                path = os.path.abspath(os.fsdecode(args[index]))
                if not self._is_ours(path) and path not in _DEVICES and not path.startswith("/proc/self/"):
                    self._note(area, path, self._line())

    def _is_ours(self, path: str) -> bool:
        return any(path == folder or path.startswith(folder + "/") for folder in self._writable)

    def _note(self, area: str, what: str, line: int | None) -> None:
        key = (area, what[:_MAX_WHAT])
        if key in self._noticed or len(self._noticed) < _MAX_NOTICED:
            first, count = self._noticed.get(key, (line, 0))
            self._noticed[key] = (first, count + 1)

    def _line(self) -> int | None:
        frame = sys._getframe()
        while frame is not None:
            if frame.f_code.co_filename == self._script:
                return frame.f_lineno
            frame = frame.f_back
        return None
