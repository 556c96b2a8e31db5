# expect: none | style: argparse
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--n", type=int, default=3)
args = parser.parse_args([])
results = {"n": args.n}
