# expect: none | style: argparse main with parse_args of an empty list
import argparse
import sys
import logging

def parse(argv):
    p = argparse.ArgumentParser()
    p.add_argument("--n", type=int, default=10)
    p.add_argument("--out", type=str, default="out.csv")
    return p.parse_args(argv)

def main(argv=None):
    args = parse(argv or [])
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    logging.getLogger(__name__).info("n=%d", args.n)
    return {"n": args.n}

if __name__ == "__main__":
    results = main([])
