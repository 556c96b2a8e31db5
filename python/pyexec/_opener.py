"""Opens for a pool's children what only one run sees: ``python -I -S -B …/pyexec/_opener.py``. No code of any run comes
near it: it has the host's rights, because a zygote has none."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from pyexec._mounts import serve

    raise SystemExit(serve())
