"""The way into the sandbox: the library's five calls with the two forks between them."""

from __future__ import annotations

import ctypes
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_INTERFACE = 4


class JailError(Exception):
    """The sandbox cannot be set up; the text says which step and what to do."""


def enter(library: str, plan: bytes, script: str) -> int:
    """Confines this process to what ``plan`` opens. It returns in another process, twice forked; the two before it
    never return. The result is a descriptor of the new file ``script``, which can be opened for writing in here only.
    """
    calls = load(library)
    jail = checked(lambda *error: calls.pyexec_sandbox_open(plan, len(plan), *error), ok=bool)
    first = os.fork()
    if first:
        os._exit(calls.pyexec_sandbox_watch(first))
    checked(lambda *error: calls.pyexec_sandbox_enter(jail, *error))
    descriptor = os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    code = os.fork()
    if code:
        os._exit(calls.pyexec_sandbox_reap(jail, code))
    checked(lambda *error: calls.pyexec_sandbox_confine(jail, descriptor, *error))
    return descriptor


def load(library: str) -> Any:
    """The library's functions; this module declares those of a single run."""
    try:
        calls = ctypes.CDLL(library)
        interface = calls.pyexec_sandbox_interface()
    except (OSError, AttributeError) as error:
        raise JailError(f"the sandbox library cannot be used: {error}; reinstall pyexec") from None
    if interface != _INTERFACE:
        raise JailError(f"{library} has interface {interface}, this runner needs {_INTERFACE}; reinstall pyexec")
    text: tuple[Any, ...] = (ctypes.c_char_p, ctypes.c_size_t)
    calls.pyexec_sandbox_open.argtypes = [ctypes.c_char_p, ctypes.c_size_t, *text]
    calls.pyexec_sandbox_open.restype = ctypes.c_void_p
    calls.pyexec_sandbox_enter.argtypes = [ctypes.c_void_p, *text]
    calls.pyexec_sandbox_reap.argtypes = [ctypes.c_void_p, ctypes.c_int]
    calls.pyexec_sandbox_confine.argtypes = [ctypes.c_void_p, ctypes.c_int, *text]
    return calls


def checked(call: Callable[..., Any], ok: Callable[[Any], bool] = lambda status: status == 0) -> Any:
    """What ``call`` returns, given a buffer for an error, if it is ``ok``."""
    text = ctypes.create_string_buffer(4096)
    value = call(text, len(text))
    if not ok(value):
        raise JailError(text.value.decode("utf-8", "replace"))
    return value
