# Asked with -I -B: what a program that calls itself Python is, and which folders it needs.
import json
import site
import sys
import sysconfig

paths = sysconfig.get_paths()
print(
    json.dumps(
        {
            "implementation": sys.implementation.name,
            "version": list(sys.version_info[:3]),
            "executable": sys.executable,
            "prefixes": [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix],
            "library": [paths["stdlib"], paths["platstdlib"]],
            "site": [p for p in site.getsitepackages() if p in sys.path],
        }
    )
)
