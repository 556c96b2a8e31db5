# expect: control.write | style: runtime-getattr-module
import pyexec.runtime as rt
verb = "_".join(("write", "channel"))
results = {"ok": bool(vars(rt)[verb]("NOSUCH:A", 1.0))}
