"""The program behind a pool: ``python -I -S -B …/pyexec/_zygote.py``. Jailed, it loads what code usually imports and then
forks a child for each request; each waits in a cell of its own for one run, and is used for that one."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from pyexec._nursery import Child, live, serve

    served = serve()
    if isinstance(served, Child):
        live(served)
    raise SystemExit(served)
