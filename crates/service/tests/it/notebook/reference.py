"""Runs ./code.py as the runner does, without its sandbox, and prints what a host would be told as one line of JSON."""

import contextlib
import io
import json
import os
import pathlib
import re
import sys

sys.path.insert(0, sys.argv[1])
os.environ["MPLBACKEND"] = "Agg"

from pyexec import _context, _figures, _place, _results, _script  # noqa: E402

work = os.getcwd()
_place.settle(work, "/script")
sys.path.insert(0, work)
source = pathlib.Path("code.py").read_bytes()
os.unlink("code.py")
if os.path.exists("context.json"):
    _context.fill(json.loads(pathlib.Path("context.json").read_text(encoding="utf-8")))
    os.unlink("context.json")
_figures.watch()

stdout, warnings = io.StringIO(), []
with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(io.StringIO()):
    namespace, failure = _script.execute(source, "/script/code.py")
    figures = _figures.save_open(warnings)
    claim = _results.take(namespace, 1 << 20, warnings)

error = None
if failure is not None and failure.report is not None:
    report = failure.report
    said = f"{report.type_name}: {report.message}" if report.message else report.type_name
    place = f" (line {report.line})" if report.line is not None else ""
    error = {"message": said + place, "traceback": report.traceback}
print(
    json.dumps(
        {
            "results": json.loads(claim.body) if claim.state == "dict" else None,
            "stdout": stdout.getvalue(),
            "error": error,
            "figures": sorted({*figures, *map(str, pathlib.Path().rglob("*.png"))}),
            "warnings": warnings,
        }
    )
)
