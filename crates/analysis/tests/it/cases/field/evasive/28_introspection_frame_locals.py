# expect: introspection | style: frame locals
import sys

def caller_secrets():
    frame = sys._getframe(1)
    return {k: v for k, v in frame.f_globals.items() if "key" in k}

results = {"s": len(caller_secrets())}
