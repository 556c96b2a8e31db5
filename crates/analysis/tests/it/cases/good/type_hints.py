# expect: none | style: typing
from __future__ import annotations
from typing import Callable, Optional
import subprocess

def run(f: Callable[[int], int], p: Optional[subprocess.Popen] = None) -> int:
    return f(1)

results = {"v": run(lambda x: x)}
