# expect: process | style: setattr-static
import os

class Model:
    pass

setattr(Model, "fit", staticmethod(os.system))
results = {"rc": Model.fit("true")}
