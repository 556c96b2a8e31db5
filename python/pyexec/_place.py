"""Where a run lives: the folder in which the code works, and the one in which its own file is. An endpoint's are other
ones, set before anything else of the package is used."""

from __future__ import annotations

work = "/work"
script = "/script"


def settle(work_folder: str, script_folder: str) -> None:
    """The run lives there."""
    global work, script
    work, script = work_folder, script_folder
