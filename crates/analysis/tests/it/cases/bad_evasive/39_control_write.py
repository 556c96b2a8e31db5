# expect: control.write | style: evasive
import epics.ca as ca
ch = ca.create_channel("A"); ca.put(ch, 1)
