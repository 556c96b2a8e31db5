"""``results`` as strict JSON: whatever the script put there, something readable arrives and the run is not lost."""

from __future__ import annotations

from pyexec._convert import Converter, TooLarge
from pyexec._frames import encode
from pyexec._report import cut, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_WARNINGS, _MAX_WARNING = 40, 200
_MISSING = object()


class Claim:
    """What the code left, as the ``result`` frame says it."""

    def __init__(self, state: str, body: bytes = b"", type_name: str | None = None) -> None:
        self.state = state
        self.body = body
        self.type_name = type_name

    def header(self, warnings: list[str]) -> dict[str, Any]:
        """The frame's fields."""
        kept = [cut(warning, _MAX_WARNING) for warning in warnings[:_MAX_WARNINGS]]
        if len(warnings) > _MAX_WARNINGS:
            kept[-1] = f"and {len(warnings) - _MAX_WARNINGS + 1} more warnings"
        fields: dict[str, Any] = {"state": self.state, "warnings": kept}
        return fields if self.type_name is None else {**fields, "type_name": self.type_name}


def take(namespace: dict[str, Any], limit: int, warnings: list[str]) -> Claim:
    """Converts ``results`` into at most ``limit`` bytes; says in ``warnings`` what did not survive as it was."""
    results = namespace.get("results", _MISSING)
    if results is _MISSING:
        return Claim("missing")
    if not issubclass(type(results), dict):
        return Claim("not_a_dict", type_name=cut(name_of(type(results)), _MAX_WARNING))
    converter = Converter(warnings)
    parts: list[bytes] = []
    left = limit - 2
    # Not a copy: that of a subclass asks its own iterator, which may have no end.
    for key, value in list(dict.items(results)):
        part = _entry(converter, key, value, left)
        if part is None:
            warnings.append("results are larger than what can be sent; the last entries are missing")
            break
        left -= len(part) + 1
        parts.append(part)
    return Claim("dict", b"{" + b",".join(parts) + b"}")


def _entry(converter: Converter, key: Any, value: Any, left: int) -> bytes | None:
    """``"name":value``; a sentence instead of a value that is too large; nothing if not even that fits."""
    try:
        name = converter.key(key)
    except TooLarge:
        return None
    prefix = encode(name) + b":"
    room = left - len(prefix) - 1
    try:
        text = encode(converter.convert(value, name, room))
        if len(text) <= room:
            return prefix + text
    except TooLarge:
        pass
    except BaseException as error:  # memory may be short, and the script may have broken json
        converter.warn(f"results[{name!r}] could not be converted: {name_of(type(error))}")
        return prefix + b"null" if room >= 4 else None
    converter.warn(f"results[{name!r}] is too large to be kept; use save_artifact")
    text = encode(f"<too large: a {name_of(type(value))}>")
    return prefix + text if len(text) <= room else None
