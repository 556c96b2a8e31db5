"""Runs a gallery script as plain `python3` would and says what its figures look like: one line of SHA-256 of the pixels each.

Arguments: the script, a folder to write to. Open figures that the script did not save are saved the way the runner does.
"""

import hashlib
import pathlib
import runpy
import sys

import matplotlib
import numpy as np
from PIL import Image


def pixels(path: pathlib.Path) -> str:
    with Image.open(path) as image:
        data = np.asarray(image.convert("RGBA"))
    return hashlib.sha256(repr(data.shape).encode() + data.tobytes()).hexdigest()


if sys.argv[1] == "--compare":
    for name in sys.argv[2:]:
        print(pixels(pathlib.Path(name)))
else:
    script, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    matplotlib.use("agg")
    sys.argv = [script]
    runpy.run_path(script, run_name="__main__")
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        path = folder / f"{number:04}.png"
        plt.figure(number).savefig(path, format="png")
        print(f"pyexec-figure {pixels(path)}")
