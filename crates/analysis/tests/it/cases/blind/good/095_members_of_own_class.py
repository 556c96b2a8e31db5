# expect: none | style: members-of-own-class
import inspect

class Model:
    gain = 2.0
    def run(self):
        return self.gain

results = {"methods": [n for n, m in inspect.getmembers(Model) if not n.startswith("_")]}
