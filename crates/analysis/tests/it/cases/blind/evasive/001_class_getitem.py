# expect: process | style: class-getitem
import subprocess

class Sh:
    def __class_getitem__(cls, words):
        return subprocess.check_output(list(words), text=True)

results = {"out": Sh["echo", "hello"]}
