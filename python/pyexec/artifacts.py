"""``save_artifact``: one call that writes a value to the run's folder in the format that its name or type suggests."""

from __future__ import annotations

from pyexec import _place

TYPE_CHECKING = False
if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable
    from typing import Any

def save_artifact(value: Any, name: str) -> pathlib.Path:
    """Writes ``value`` to ``name``, a path relative to the run's folder, and returns where it is.

    Bytes and text are written as they are; a figure as an image; a DataFrame or Series as CSV (``.parquet``, ``.xlsx``,
    ``.json`` if the name says so and pandas can); an array as ``.npy`` (``.csv``, ``.txt``); a dict or list as JSON.
    A name without a suffix gets the one of its type. Raises ``ValueError`` for a name that leaves the folder and
    ``TypeError`` for a value with no such format.
    """
    import pathlib

    relative = pathlib.PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts:
        raise ValueError(f"an artifact's name is a path below the run's folder, not {str(name)!r}")
    suffix, write = _format(value, relative.suffix.lower())
    path = pathlib.Path(_place.work, relative)
    if not relative.suffix:
        path = path.with_suffix(suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path)
    return path


def _format(value: Any, suffix: str) -> tuple[str, Callable[[pathlib.Path], object]]:
    """The suffix of a type, and what writes it."""
    kinds = {base.__name__ for base in type(value).__mro__}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return ".bin", lambda path: path.write_bytes(value)
    if isinstance(value, str):
        return ".txt", lambda path: path.write_text(value, encoding="utf-8")
    if "Figure" in kinds and hasattr(value, "savefig"):
        return ".png", value.savefig
    if kinds & {"DataFrame", "Series"}:
        writer = {".parquet": "to_parquet", ".xlsx": "to_excel", ".json": "to_json"}.get(suffix, "to_csv")
        return ".csv", getattr(value, writer)
    if "ndarray" in kinds:
        return ".npy", lambda path: _write_array(value, path)
    if isinstance(value, (dict, list, tuple)):
        return ".json", lambda path: _write_json(value, path)
    raise TypeError(
        f"no format for a {type(value).__name__}: save bytes, text, a figure, a DataFrame, an array, a dict or a list"
    )


def _write_array(value: Any, path: pathlib.Path) -> None:
    import numpy

    if path.suffix.lower() in (".csv", ".txt"):
        numpy.savetxt(path, value, delimiter="," if path.suffix.lower() == ".csv" else " ")
    else:
        with open(path, "wb") as file:
            numpy.save(file, value, allow_pickle=False)


def _write_json(value: Any, path: pathlib.Path) -> None:
    import json

    from pyexec._convert import Converter

    warnings: list[str] = []
    converted = Converter(warnings, weight=1 << 40).convert(value, path.name, 1 << 30)
    path.write_text(json.dumps(converted, ensure_ascii=False, indent=2, allow_nan=False), encoding="utf-8")
