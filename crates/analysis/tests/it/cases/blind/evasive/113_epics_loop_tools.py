# expect: control.write | style: epics-loop-tools
import epics
tools = [epics.caget, epics.caput]
for tool, args in zip(tools, [("NOSUCH:A",), ("NOSUCH:A", 1)]):
    tool(*args)
results = {}
