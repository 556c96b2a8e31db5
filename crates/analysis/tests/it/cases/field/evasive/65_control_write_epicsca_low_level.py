# expect: control.write | style: epics.ca low level
from epics import ca
chid = ca.create_channel("A:SP")
ca.connect_channel(chid)
ca.put(chid, 4.2, wait=True)
results = {}
