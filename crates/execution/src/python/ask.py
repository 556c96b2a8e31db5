# Asked with -I -B: what a program that calls itself Python is, which folders it needs, and what can be imported.
import json
import os
import site
import sys
import sysconfig

paths = sysconfig.get_paths()
folders = [p for p in site.getsitepackages() if p in sys.path]
packages = {}
modules = set(sys.stdlib_module_names) | set(sys.builtin_module_names)
for folder in sys.path:
    try:
        names = os.listdir(folder)
    except OSError:
        continue
    for name in names:
        # names alone: reading each METADATA, or asking pkgutil, would double the time of the whole question
        stem, _, kind = name.rpartition(".")
        package, _, version = stem.partition("-")
        if kind in ("dist-info", "egg-info") and version:
            packages[package.replace("_", "-").lower()] = version.partition("-py")[0]
        elif not stem or kind in ("py", "so"):
            modules.add(name.partition(".")[0])

print(
    json.dumps(
        {
            "implementation": sys.implementation.name,
            "version": list(sys.version_info[:3]),
            "executable": sys.executable,
            "prefixes": [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix],
            "library": [paths["stdlib"], paths["platstdlib"]],
            "site": folders,
            "packages": packages,
            "modules": sorted(name for name in modules if name.isidentifier() and name.isascii()),
        }
    )
)
