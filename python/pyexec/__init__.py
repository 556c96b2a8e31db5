"""What code finds inside a run: ``from pyexec import context, save_artifact``; channels are in ``pyexec.runtime``."""

from pyexec._context import context
from pyexec.artifacts import save_artifact

__all__ = ["context", "save_artifact"]
