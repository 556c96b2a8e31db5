"""Runs the script `code.py` of each folder as `__main__` in it, draws the one figure that it left, and writes what it
printed and its results as JSON to `stdout.txt` and `results.json` there."""

import contextlib
import io
import json
import os
import runpy
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

warnings.simplefilter("error")
warnings.filterwarnings("ignore", message="Glyph")  # a font has not every script
defaults = dict(plt.rcParams)


def plain(value):
    """JSON of what `results` holds, as the product makes it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    assert value is None or isinstance(value, (bool, int, float, str)), repr(value)
    return value


for folder in sys.argv[1:]:
    os.chdir(folder)
    plt.rcParams.update(defaults)
    with contextlib.redirect_stdout(io.StringIO()) as stdout:
        space = runpy.run_path("code.py", run_name="__main__")
    (number,) = plt.get_fignums()
    plt.figure(number).savefig("figure.png")
    plt.close(number)
    with open("results.json", "w") as file:
        json.dump(plain(space["results"]), file, allow_nan=False)
    with open("stdout.txt", "w") as file:
        file.write(stdout.getvalue())
