# expect: control.write | style: try-import
try:
    from epics import caput as put
except ImportError:
    put = None
if put:
    put("A:SP", 1)
results = {}
