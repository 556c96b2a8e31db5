# expect: environment | style: posix-environ
import posix as base
results = {"n": len(base.environ)}
