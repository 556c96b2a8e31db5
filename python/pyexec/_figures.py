"""Figures: which ones the script has saved itself, and the others, saved at the end.

matplotlib is never imported from here, and nothing of it changes but one method that takes notes: what a figure was
saved as cannot be asked afterwards."""

from __future__ import annotations

import functools
import importlib.machinery
import io
import os
import sys
import weakref

from pyexec import _place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

_MOST = 100

#: Where the script saved a figure last; the empty text where that was no file of ours to name.
_saved: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
_for_results: list[str] = []
_shown: list[str] = []
_next = 1


def watch() -> None:
    """Begins to take notes, should the script import matplotlib."""
    cache = os.environ.pop("PYEXEC_MPL_CACHE", None)
    before = {"matplotlib": lambda: _fill_cache(cache)}
    sys.meta_path.insert(0, Watch(before, {"matplotlib.backend_bases": _note_saves}))


class Watch:
    """A finder that finds nothing, but knows when a module is about to be, or has been, imported."""

    def __init__(self, before: dict[str, Callable[[], None]], after: dict[str, Callable[[ModuleType], None]]) -> None:
        self._before, self._after = before, after

    def find_spec(self, name: str, path: Any = None, _target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """For the import system."""
        if name in self._before:
            self._before.pop(name)()
        if name not in self._after:
            return None
        after = self._after.pop(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        loader, load = spec.loader, spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module
            load(module)
            after(module)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _fill_cache(cache: str | None) -> None:
    """Building the list of fonts takes a second; the host may have one."""
    folder = os.environ.get("MPLCONFIGDIR")
    if folder is None:
        return
    try:
        os.makedirs(folder, exist_ok=True)
        for name in os.listdir(cache) if cache else ():
            with open(os.path.join(cache or "", name), "rb") as source, open(os.path.join(folder, name), "wb") as copy:
                copy.write(source.read())
    except OSError:
        pass  # matplotlib makes its own


def _note_saves(backend_bases: ModuleType) -> None:
    base = backend_bases.FigureCanvasBase
    plain = base.print_figure

    @functools.wraps(plain)
    def print_figure(canvas: Any, filename: Any, *args: Any, **named: Any) -> Any:
        outcome = plain(canvas, filename, *args, **named)
        if not isinstance(filename, io.BytesIO):
            _note(canvas.figure, filename)
        return outcome

    base.print_figure = print_figure


def _note(figure: Any, filename: Any) -> None:
    try:
        _saved[figure] = os.path.abspath(os.fspath(filename)) if isinstance(filename, (str, os.PathLike)) else ""
    except (TypeError, ValueError, OSError):
        pass


def save_open(warnings: list[str]) -> list[str]:
    """Saves the open figures that the script did not, in figure order. Returns their paths, relative to
    the working folder."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    if helpers is None:
        return []
    managers = helpers.Gcf.figs
    unsaved = [managers[number].canvas.figure for number in sorted(managers)]
    unsaved = [figure for figure in unsaved if figure not in _saved]
    if len(unsaved) > _MOST:
        warnings.append(f"{len(unsaved)} figures are open; the first {_MOST} were saved")
    paths = []
    for figure in unsaved[:_MOST]:
        try:
            paths.append(_save(figure))
        except BaseException as error:  # drawing calls the script's code
            warnings.append(f"an open figure could not be saved: {type(error).__name__}: {error!s:.200}")
    return paths


def path_of(figure: Any) -> str:
    """Where a figure of the results is, relative to the working folder; it is saved if it was not."""
    path = _saved.get(figure, "")
    for candidate in (path, f"{path}.png"):
        if candidate.startswith(f"{_place.work}/") and os.path.isfile(candidate):
            return os.path.relpath(candidate, _place.work)
    path = _save(figure)
    _for_results.append(path)
    return path


def saved_for_results() -> list[str]:
    """Figures that only ``results`` held."""
    return list(_for_results)


def _save(figure: Any) -> str:
    path = free_path(".png")
    figure.savefig(path, format="png")
    _saved[figure] = path
    return os.path.relpath(path, _place.work)


def free_path(suffix: str) -> str:
    """Where the next image of ours goes."""
    global _next
    folder = f"{_place.work}/figures"
    os.makedirs(folder, exist_ok=True)
    while True:
        path = f"{folder}/figure_{_next:02}{suffix}"
        _next += 1
        if not os.path.lexists(path):
            return path


def show(figure: Any) -> None:
    """Saves a figure that the script displays; it is not saved once more at the end."""
    _shown.append(_save(figure))


def show_image(data: bytes, suffix: str) -> None:
    """Saves an image that the script displays."""
    path = free_path(suffix)
    with open(path, "wb") as file:
        file.write(data)
    _shown.append(os.path.relpath(path, _place.work))


def shown() -> list[str]:
    """What the script displayed, in order."""
    return list(_shown)
