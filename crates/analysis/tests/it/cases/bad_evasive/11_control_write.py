# expect: control.write | style: evasive
import sys
sys.modules["epics"].caput("A", 1)
