# expect: none | style: os
import os, sys, platform
results = {"cpus": os.cpu_count(), "version": platform.python_version(), "exists": os.path.exists("x"), "pid": os.getpid(), "py": sys.version_info[0]}
