import os
import tempfile
import unittest
from unittest import mock

from pyexec import _files, _place


class Host:
    """Notes what it is told."""

    def __init__(self):
        self.said = []

    def send(self, kind, body=b"", /, **fields):
        """Takes a frame."""
        self.said.append((kind, fields, body))

    def files(self):
        """Path to content."""
        found = {}
        for kind, fields, body in self.said:
            if kind == "file":
                path = bytes.fromhex(fields["path"])
                found[path] = b""
            elif kind == "data":
                found[path] += body
        return found

    def left_out(self):
        """Path to reason."""
        return {bytes.fromhex(f["path"]): f["reason"] for kind, f, _ in self.said if kind == "left_out"}


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work, inputs = os.path.join(folder.name, "work"), os.path.join(folder.name, "inputs")
        self.home = os.path.join(folder.name, "home")
        for path in (self.work, inputs):
            os.mkdir(path)
        for module, name, value in ((_place, "work", self.work), (_files, "_INPUTS", inputs), (_files, "_PIECE", 4)):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.inputs = _files.Inputs()

    def write(self, name, content=b""):
        path = os.path.join(os.fsencode(self.work), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    def sent(self, most=1 << 20):
        host = Host()
        _files.send(host, self.inputs, most)
        return host

    def test_an_input_comes_in_pieces_and_is_nobodys_artifact(self):
        original = os.path.join(self.home, "ann", "data.csv")
        for piece, last in ((b"1,2", False), (b",3", True)):
            self.inputs.write({"name": "data.csv", "original": original, "last": last}, piece)
        for path in (os.path.join(self.work, "data.csv"), original):
            with open(path, "rb") as file:
                self.assertEqual(file.read(), b"1,2,3")
        self.assertEqual(os.stat(original).st_mode & 0o777, 0o444)
        self.assertEqual(self.sent().said, [])

    def test_what_took_an_inputs_place_is_an_artifact(self):
        self.inputs.write({"name": "a", "original": os.path.join(self.work, "a"), "last": True}, b"x")
        os.remove(os.path.join(self.work, "a"))
        self.write("a", b"mine")
        self.assertEqual(self.sent().files(), {b"a": b"mine"})

    def test_regular_files_go_out_by_name_in_pieces(self):
        self.write("b/c", b"0123456789")
        self.write(b"\xff", b"")
        self.assertEqual(self.sent().files(), {b"b/c": b"0123456789", b"\xff": b""})

    def test_nothing_else_is_opened(self):
        os.symlink("/etc/passwd", os.path.join(self.work, "link"))
        os.mkfifo(os.path.join(self.work, "fifo"))
        host = self.sent()
        self.assertEqual(host.files(), {})
        self.assertEqual(host.left_out(), {b"link": "link", b"fifo": "special"})

    def test_bounds(self):
        self.write("big", b"x" * 11)
        self.write("small", b"x")
        with mock.patch.object(_files, "_DEEPEST", 1):
            self.write("d/e/f", b"")
            host = self.sent(most=10)
        self.assertEqual(host.left_out(), {b"big": "too_much", b"d/e": "too_deep"})
        self.assertEqual(host.files(), {b"small": b"x"})
        with mock.patch.object(_files, "_MOST_FILES", 0):
            self.assertEqual(set(self.sent().left_out().values()), {"too_many"})


if __name__ == "__main__":
    unittest.main()
