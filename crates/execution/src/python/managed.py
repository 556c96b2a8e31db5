"""Makes the managed Python in one folder; run by the interpreter that it is made from.

Arguments: the folder, a requirements file with hashes. Says what it does on stdout, one line a step; a failure is the last
line on stderr. Whoever runs it holds the lock and writes the completion marker; pip's index is whatever pip is configured
with.
"""

import os
import pathlib
import subprocess
import sys
import venv


def main(folder: pathlib.Path, requirements: str) -> None:
    os.umask(0o022)  # the sandbox reads it under another uid; the folder above is private
    say("creating a virtual environment")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = [python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--progress-bar", "off"]
    pip += ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--requirement", requirements]
    with subprocess.Popen(pip, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        for line in process.stdout:
            word, _, rest = line.strip().partition(" ")
            if word == "Collecting":
                say(f"downloading {rest.partition(' ')[0]}")
            elif word == "Installing":
                say("installing the packages")
    if process.returncode:
        sys.exit(process.returncode)  # pip said why on stderr
    say("building matplotlib's font cache")
    cache = folder / "matplotlib-cache"
    cache.mkdir()
    environment = dict(os.environ, MPLCONFIGDIR=str(cache), MPLBACKEND="Agg")
    subprocess.run([python, "-I", "-c", "import matplotlib.pyplot, matplotlib.font_manager"], env=environment, check=True)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
