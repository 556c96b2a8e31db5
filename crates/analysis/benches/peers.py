"""Times the peers of the analysis over a list of files, one round for each line on standard input.

`peers.py FILES.txt` answers `ast` with the nanoseconds that `ast.parse` takes for all files (decoded before), and `bandit` with those
of bandit's own run over them, in this one process and thread: neither pays for starting Python.
"""

import ast
import logging
import sys
import time
import tokenize

from bandit.core import config, manager


def main(listing: str) -> None:
    with open(listing, encoding="utf-8") as file:
        paths = file.read().splitlines()
    texts = []
    for path in paths:
        with tokenize.open(path) as file:
            texts.append(file.read())
    logging.disable(logging.CRITICAL)
    rounds = {"ast": lambda: parse(texts), "bandit": lambda: bandit(paths)}
    for line in sys.stdin:
        before = time.perf_counter_ns()
        rounds[line.strip()]()
        print(time.perf_counter_ns() - before, flush=True)


def parse(texts: list[str]) -> None:
    for text in texts:
        ast.parse(text)


def bandit(paths: list[str]) -> None:
    found = manager.BanditManager(config.BanditConfig(), "file", quiet=True)
    found.discover_files(paths)
    found.run_tests()
    if len(found.files_list) != len(paths):
        sys.exit(f"bandit took {len(found.files_list)} of {len(paths)} files")


if __name__ == "__main__":
    main(sys.argv[1])
