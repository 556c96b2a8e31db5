"""The way to the host, for those parts of the package that code calls."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyexec._frames import Wire

#: Set by the runner before code starts; none outside a run.
wire: Wire | None = None
