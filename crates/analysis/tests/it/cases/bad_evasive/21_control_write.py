# expect: control.write | style: evasive
import tango
for n in ("a","b"):
    tango.AttributeProxy(f"x/y/{n}/z").write(1)
