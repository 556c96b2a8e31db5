# expect: none | style: h5-like dictionary store with nested attribute access
class AttrDict(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None
    def __setattr__(self, name, value):
        self[name] = value

conf = AttrDict(system=AttrDict(name="SR", environ={"a": 1}), remove=[1, 2])
conf.os = AttrDict(path="/tmp/x", system="linac")
conf.os.system = conf.os.system.upper()
results = {"name": conf.system.name, "sys": conf.os.system, "n": len(conf.remove)}
