"""What code finds around it: environment, import path, working folder, and the names that ``site`` adds."""

from __future__ import annotations

import io
import os
import site
import sys

_DEFAULTS = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "TMPDIR": "/tmp",
}


def furnish(environment: dict[str, str], site_folders: list[str]) -> None:
    """Sets all of it. Called inside the sandbox: a package's ``.pth`` files are code as well."""
    settle(environment, site_folders)
    arrive()


def settle(environment: dict[str, str], site_folders: list[str]) -> None:
    """The part that needs no working folder: a zygote does it once, for all of its children."""
    os.environ.clear()
    os.environ.update({**_DEFAULTS, **environment})
    # In a plain run nothing outlives the process; in ours its output must be seen even if it is killed.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", line_buffering=True)
    for folder in site_folders:
        _enter_venv(folder)
        site.addsitedir(folder)
    site.setquit()
    site.setcopyright()
    site.sethelper()


def arrive() -> None:
    """The part that begins in the working folder."""
    os.chdir("/work")
    sys.path.insert(0, "/work")


def _enter_venv(site_folder: str) -> None:
    """Without ``site`` an interpreter does not know that it belongs to a virtual environment."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(site_folder)))
    if os.path.exists(os.path.join(root, "pyvenv.cfg")):
        sys.prefix = sys.exec_prefix = root
