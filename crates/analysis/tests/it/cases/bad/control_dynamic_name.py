# expect: control.write | style: dynamic
import epics, json
for name, value in json.load(open("setpoints.json")).items():
    epics.caput(name, value)
results = {}
