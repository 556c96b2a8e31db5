"""What code displays as it would in a notebook: images become figures of the run, anything else is printed.

IPython is never imported from here. Without a shell its ``display`` prints what an object is called; a run has no shell,
so that one function is replaced when the script imports it."""

from __future__ import annotations

import base64
import sys

from pyexec import _figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

#: In order of preference: an object is shown once.
_IMAGES = {"image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg", "application/pdf": ".pdf"}


def watch() -> None:
    """Begins to wait for IPython."""
    sys.meta_path.insert(0, _figures.Watch({}, {"IPython.core.display_functions": _replace}))


def _replace(functions: ModuleType) -> None:
    functions.display = display


def display(
    *objects: Any, raw: bool = False, include: Any = None, exclude: Any = None, metadata: Any = None, **_named: Any
) -> None:
    """IPython's ``display``. What has no image is printed."""
    for value in objects:
        if any(f"{base.__module__}.{base.__name__}" == "matplotlib.figure.Figure" for base in type(value).__mro__):
            _figures.show(value)
            continue
        if not _show_image(dict(value) if raw else _formats(value, include, exclude)):
            print(value.get("text/plain", "") if raw else value)


def _formats(value: Any, include: Any, exclude: Any) -> dict[str, Any]:
    """What the value says of itself, by kind."""
    try:
        from IPython.core.formatters import DisplayFormatter
    except ImportError:
        return {}
    formats, _ = DisplayFormatter().format(value, include=include, exclude=exclude)
    return dict(formats)


def _show_image(formats: dict[str, Any]) -> bool:
    for kind, suffix in _IMAGES.items():
        data = formats.get(kind)
        if isinstance(data, str):
            data = data.encode() if kind == "image/svg+xml" else base64.b64decode(data)
        if isinstance(data, bytes):
            _figures.show_image(data, suffix)
            return True
    return False
