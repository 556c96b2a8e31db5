"""Failures: names, lines, and texts that are bounded whatever the exception does."""

import linecache
import unittest

from pyexec import _report

PATH = "/script/code.py"


def failure(source: str) -> _report.Report:
    linecache.cache[PATH] = (len(source), None, source.splitlines(True), PATH)
    try:
        exec(compile(source, PATH, "exec"), {"__name__": "__main__"})
    except BaseException as error:
        return _report.describe("runtime", error, error.__traceback__, PATH)
    raise AssertionError("it did not fail")


class Reports(unittest.TestCase):
    def test_lines_of_the_user_only(self) -> None:
        report = failure("import json\njson.loads('{')")
        self.assertEqual((report.type_name, report.line), ("json.decoder.JSONDecodeError", 2))
        self.assertIn("json.loads('{')", report.traceback)
        self.assertNotIn("decoder.py", report.traceback)

    def test_groups_and_chains(self) -> None:
        report = failure("try:\n  1/0\nexcept Exception as e:\n  raise ExceptionGroup('g', [e, ValueError('v')])")
        for part in ("ZeroDivisionError", "During handling", "ExceptionGroup: g", "ValueError: v"):
            self.assertIn(part, report.traceback)

    def test_where_syntax_is_wrong(self) -> None:
        report = failure("x = 1\ny = (")
        self.assertEqual((report.type_name, report.line, report.message), ("SyntaxError", 2, "'(' was never closed"))
        self.assertIn("^", report.traceback)

    def test_exceptions_that_do_not_want_to_be_asked(self) -> None:
        report = failure("class E(Exception):\n  def __str__(self): raise SystemExit\n  __notes__ = 1\nraise E")
        self.assertEqual(report.type_name, "E")
        report = failure("class E(SyntaxError):\n  lineno = msg = filename = property(lambda s: 1/0)\nraise E")
        self.assertEqual(report.type_name, "E")
        self.assertIsNone(report.line)

    def test_texts_are_bounded_at_both_ends(self) -> None:
        text = _report.cut("a" + "x" * 10_000 + "z", 100)
        self.assertTrue(len(text) <= 100 and text.startswith("a") and text.endswith("z"))
