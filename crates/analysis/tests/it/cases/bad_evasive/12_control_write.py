# expect: control.write | style: evasive
import epics, sys
getattr(sys.modules[epics.__name__], "caput")("A", 1)
