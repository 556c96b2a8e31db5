"""Figures: with a stand-in for matplotlib, of which only the parts exist that are looked at."""

import importlib
import pathlib
import sys
import tempfile
import textwrap
import unittest
from unittest import mock

from pyexec import _convert, _figures, _place

PACKAGE = {
    "__init__.py": "",
    "backend_bases.py": """
        class FigureCanvasBase:
            def __init__(self, figure): self.figure = figure
            def print_figure(self, filename, **named):
                if hasattr(filename, "write"): filename.write(b"image")
                else: open(filename, "w").close()
    """,
    "figure.py": """
        from matplotlib.backend_bases import FigureCanvasBase
        class Figure:
            def __init__(self): self.canvas = FigureCanvasBase(self)
            def savefig(self, filename, **named): self.canvas.print_figure(filename, **named)
    """,
    "_pylab_helpers.py": """
        class Gcf: figs = {}
    """,
}


class Figures(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        package = self.work / "packages" / "matplotlib"
        package.mkdir(parents=True)
        for name, source in PACKAGE.items():
            (package / name).write_text(textwrap.dedent(source))
        before = set(sys.modules)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in set(sys.modules) - before])
        for patch in (
            mock.patch.object(sys, "path", [str(package.parent), *sys.path]),
            mock.patch.object(sys, "meta_path", list(sys.meta_path)),
            mock.patch.object(_place, "work", folder.name),
            mock.patch.object(_figures, "_saved", type(_figures._saved)()),
            mock.patch.object(_figures, "_next", 1),
            mock.patch.dict("os.environ", {"MPLCONFIGDIR": str(self.work / "config")}),
        ):
            patch.start()
            self.addCleanup(patch.stop)
        _figures.watch()
        self.module = importlib.import_module("matplotlib.figure")
        self.figs = importlib.import_module("matplotlib._pylab_helpers").Gcf.figs

    def open_figure(self, number: int):  # type: ignore[no-untyped-def]
        figure = self.module.Figure()
        self.figs[number] = figure.canvas
        figure.canvas.canvas = figure.canvas
        return figure

    def test_those_that_the_script_did_not_save_in_order(self) -> None:
        self.open_figure(7)
        saved = self.open_figure(2)
        saved.savefig(self.work / "mine.png")
        self.open_figure(3)
        (self.work / "figures").mkdir()
        (self.work / "figures" / "figure_01.png").write_text("the script's own")
        warnings: list[str] = []
        self.assertEqual(_figures.save_open(warnings), ["figures/figure_02.png", "figures/figure_03.png"])
        self.assertEqual((_figures.save_open(warnings), warnings), ([], []))
        self.assertEqual((self.work / "figures" / "figure_01.png").read_text(), "the script's own")

    def test_saved_to_memory_is_not_saved(self) -> None:
        import io

        self.open_figure(1).savefig(io.BytesIO())
        self.assertEqual(len(_figures.save_open([])), 1)

    def test_one_that_cannot_be_drawn(self) -> None:
        self.open_figure(1).savefig = lambda *_, **__: 1 / 0
        self.open_figure(2)
        warnings: list[str] = []
        self.assertEqual(len(_figures.save_open(warnings)), 1)
        self.assertIn("ZeroDivisionError", warnings[0])

    def test_in_results_a_figure_is_its_path(self) -> None:
        mine, other = self.open_figure(1), self.open_figure(2)
        mine.savefig(self.work / "mine.png")
        converter = _convert.Converter([])
        self.assertEqual(converter.convert([mine, other], "x", 1000), ["mine.png", "figures/figure_01.png"])

    def test_without_matplotlib_there_is_nothing_to_do(self) -> None:
        del sys.modules["matplotlib._pylab_helpers"]
        self.assertEqual(_figures.save_open([]), [])
