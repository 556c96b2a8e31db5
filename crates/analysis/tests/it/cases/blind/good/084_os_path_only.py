# expect: none | style: os-path-only
import os
results = {
    "ext": os.path.splitext("a.tar.gz")[1],
    "cpu": os.cpu_count(),
    "sep": os.sep,
    "cwd": os.path.basename(os.getcwd()),
    "exists": os.path.exists("data.csv"),
}
