"""``save_artifact``: formats by type and name, and no way out of the folder."""

import json
import pathlib
import tempfile
import unittest
from unittest import mock

from pyexec import _place, save_artifact


class Artifacts(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        patch = mock.patch.object(_place, "work", folder.name)
        patch.start()
        self.addCleanup(patch.stop)

    def test_formats(self) -> None:
        self.assertEqual(save_artifact(b"x", "raw").read_bytes(), b"x")
        self.assertEqual(save_artifact("ä", "sub/note.md").read_text("utf-8"), "ä")
        path = save_artifact({"nan": float("nan"), "path": pathlib.Path("/x")}, "data")
        self.assertEqual((path.name, json.loads(path.read_text())), ("data.json", {"nan": None, "path": "/x"}))
        self.assertEqual(sorted(p.name for p in self.work.iterdir()), ["data.json", "raw.bin", "sub"])

    def test_names_that_leave_the_folder(self) -> None:
        for name in ("/etc/x", "../x", "a/../../x", "", "."):
            with self.subTest(name=name), self.assertRaises(ValueError):
                save_artifact(b"x", name)

    def test_values_without_a_format(self) -> None:
        with self.assertRaisesRegex(TypeError, "object"):
            save_artifact(object(), "x")
