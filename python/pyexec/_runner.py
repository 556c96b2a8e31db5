"""The program that a host starts, once per run: ``python -I -S -B …/pyexec/_runner.py`` with the descriptors of the
runner protocol. The story is in ``_session.py``."""

import os
import sys

if __name__ == "__main__":
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from pyexec._session import Cold, Interrupted, run

    try:
        status = run(Cold())
    except Interrupted:
        # As plain Python: it dies of SIGINT, after its exit handlers. The traceback was printed.
        sys.excepthook = lambda *_: None
        raise KeyboardInterrupt from None
    raise SystemExit(status)
