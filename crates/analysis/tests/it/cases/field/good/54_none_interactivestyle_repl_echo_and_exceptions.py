# expect: none | style: interactive-style REPL echo and exceptions
import sys
import traceback

def safe(f, *args):
    try:
        return f(*args)
    except Exception as e:
        tb = traceback.format_exc()
        print(tb, file=sys.stderr)
        return type(e).__name__

table = {op: safe(f, 1, 0) for op, f in {"add": lambda a, b: a + b, "div": lambda a, b: a / b}.items()}
sys.stdout.flush()
if not table:
    sys.exit(1)
results = table
