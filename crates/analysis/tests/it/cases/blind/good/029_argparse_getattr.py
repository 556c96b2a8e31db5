# expect: none | style: argparse-getattr
import argparse
p = argparse.ArgumentParser()
p.add_argument("--open", action="store_true")
p.add_argument("--exec", default="none")
args = p.parse_args([])
results = {"e": getattr(args, "exec"), "o": args.open}
