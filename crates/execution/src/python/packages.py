# Asked with -I -B: which packages are installed, and whether every file that they brought is still what it was, by its size.
import csv
import importlib.metadata
import json
import os


def lost(distribution):
    for path, digest, size in csv.reader((distribution.read_text("RECORD") or "").splitlines()):
        if digest and not path.endswith(".pyc"):
            try:
                whole = not size or os.stat(distribution.locate_file(path)).st_size == int(size)
            except OSError:
                whole = False
            if not whole:
                yield path


packages = {}
for distribution in importlib.metadata.distributions():
    name = distribution.metadata["Name"]
    if name and name not in packages:  # the first on the path is the one that is imported
        gone = list(lost(distribution))
        packages[name] = {"name": name, "version": distribution.version, "lost": len(gone), "first_lost": (gone or [None])[0]}
print(json.dumps(list(packages.values())))
