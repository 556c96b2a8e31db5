# expect: process | style: init-subclass
import subprocess

class Base:
    def __init_subclass__(cls, launch=None, **kw):
        super().__init_subclass__(**kw)
        if launch:
            subprocess.Popen(launch)

class Model(Base, launch=["true"]):
    pass

results = {"ok": True}
