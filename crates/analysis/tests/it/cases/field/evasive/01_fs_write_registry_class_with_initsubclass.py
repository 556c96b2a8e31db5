# expect: fs.write | style: registry class with __init_subclass__
import numpy as np
import pandas as pd

class Exporter:
    registry = {}

    def __init_subclass__(cls, key=None, **kwargs):
        super().__init_subclass__(**kwargs)
        Exporter.registry[key] = cls

class Csv(Exporter, key="csv"):
    def save(self, frame, where):
        frame.to_csv(where)

class Js(Exporter, key="json"):
    def save(self, frame, where):
        frame.to_json(where)

frame = pd.DataFrame({"t": np.arange(5), "v": np.random.rand(5)})
target = "/".join(["", "srv", "shared", "latest.csv"])
for key, exporter in Exporter.registry.items():
    exporter().save(frame, target.replace("csv", key))
results = {"rows": len(frame)}
