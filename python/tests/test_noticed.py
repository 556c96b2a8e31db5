import errno
import unittest

from pyexec._noticed import Watch


class TestWatch(unittest.TestCase):
    def setUp(self) -> None:
        self.watch = Watch("/script/code.py", ("/data/out",), process=False)

    def noticed(self) -> list[tuple[str, str]]:
        return [(note["area"], note["what"]) for note in self.watch.notes()]

    def test_only_changes_outside_of_what_is_writable(self) -> None:
        for path in ("/work/x", "x\0", "/tmp/x", "/data/out/x", "/dev/null", "/proc/self/comm"):
            self.watch._see("open", (path.replace("x\0", "/work/y"), "w", 1))
        self.watch._see("open", ("/etc/passwd", "r", 0))
        self.assertEqual(self.noticed(), [])
        self.watch._see("open", ("/data/other", "w", 1))
        self.watch._see("os.rename", ("/work/x", b"/home/x", -1, -1))
        self.assertEqual(self.noticed(), [("fs.write", "/data/other"), ("fs.write", "/home/x")])

    def test_a_library_is_told_that_its_program_is_not_there(self) -> None:
        def asked(program: object, by: str, process: bool = False) -> bool:
            watch = Watch("/script/code.py", (), process)
            code = compile("spare(program)", by, "exec")
            try:
                exec(code, {"spare": watch._spare, "program": program, "__name__": "caller"})
            except FileNotFoundError as error:
                self.assertEqual((error.errno, error.filename), (errno.ENOENT, program))
                return True
            return False

        for program in ("fc-list", "/sbin/ldconfig"):
            self.assertTrue(asked(program, "/lib/library.py"))
            self.assertFalse(asked(program, "/script/code.py"), "what the code asks for itself goes to the kernel")
            self.assertFalse(asked(program, "/lib/library.py", process=True), "and what may be started is")
        for program in ("sh", "fc-list/sh", b"fc-list", None):
            self.assertFalse(asked(program, "/lib/library.py"))

    def test_it_is_bounded(self) -> None:
        for number in range(1000):
            self.watch._see("os.mkdir", (f"/{number}" * 999, 0o777, -1))
            self.watch._see("socket.connect", (None, None))
        notes = self.watch.notes()
        self.assertEqual((len(notes), max(len(note["what"]) for note in notes)), (24, 200))
        self.assertEqual([note["count"] for note in notes if note["area"] == "net"], [1000])

    def test_the_last_exception(self) -> None:
        self.watch.failed(FileNotFoundError(errno.ENOENT, "", "/work/none"), 1)
        self.watch.failed(ValueError("/etc"), 1)
        self.assertEqual(self.noticed(), [])
        self.watch.failed(FileNotFoundError(errno.ENOENT, "", "/home/none"), 7)
        self.watch.failed(PermissionError(errno.EACCES, "", b"/work/secret"), 8)
        self.assertEqual(self.noticed(), [("fs.read", "/home/none"), ("fs.read", "/work/secret")])
        self.assertEqual(self.watch.notes()[0]["line"], 7)


if __name__ == "__main__":
    unittest.main()
