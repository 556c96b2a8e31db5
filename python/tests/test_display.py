"""What code displays: images become files, once, in order; anything else is printed."""

import base64
import contextlib
import io
import pathlib
import sys
import tempfile
import types
import unittest
from unittest import mock

from pyexec import _display, _figures, _place


class Formatter:
    """Of IPython, as far as it is asked."""

    def format(self, value: object, **_named: object) -> tuple[dict[str, object], dict[str, object]]:
        return getattr(value, "formats", {}), {}


class Picture:
    def __init__(self, **formats: object) -> None:
        self.formats = {kind.replace("_", "/", 1).replace("_", "+"): data for kind, data in formats.items()}


class Display(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        formatters = types.ModuleType("IPython.core.formatters")
        formatters.DisplayFormatter = Formatter  # type: ignore[attr-defined]
        modules = {"IPython": types.ModuleType("IPython"), "IPython.core": types.ModuleType("IPython.core")}
        for patch in (
            mock.patch.object(_place, "work", folder.name),
            mock.patch.object(_figures, "_next", 1),
            mock.patch.object(_figures, "_shown", []),
            mock.patch.dict(sys.modules, {**modules, "IPython.core.formatters": formatters}),
        ):
            patch.start()
            self.addCleanup(patch.stop)

    def test_images_become_files_in_order(self) -> None:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            _display.display(Picture(image_png=b"\x89PNG", image_jpeg=b"never"), "a text")
            _display.display({"image/jpeg": base64.b64encode(b"jpeg").decode(), "text/plain": "never"}, raw=True)
            _display.display({"text/plain": "plain"}, raw=True)
            _display.display(Picture(image_svg_xml="<svg/>"))
        self.assertEqual(printed.getvalue(), "a text\nplain\n")
        names = ["figures/figure_01.png", "figures/figure_02.jpg", "figures/figure_03.svg"]
        self.assertEqual(_figures.shown(), names)
        self.assertEqual([(self.work / name).read_bytes() for name in names], [b"\x89PNG", b"jpeg", b"<svg/>"])

    def test_without_ipython_all_is_printed(self) -> None:
        printed = io.StringIO()
        with mock.patch.dict(sys.modules, {"IPython.core.formatters": None}), contextlib.redirect_stdout(printed):
            _display.display(1, [2])
        self.assertEqual(printed.getvalue(), "1\n[2]\n")
        self.assertEqual(_figures.shown(), [])
