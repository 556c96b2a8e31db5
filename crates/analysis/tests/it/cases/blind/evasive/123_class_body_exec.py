# expect: process | style: class-body-exec
class Config:
    import os as _lib
    _tools = [_lib.getcwd]
    for _n in ("sys" + "tem",):
        exit_code = getattr(_lib, _n)("true")

results = {"rc": Config.exit_code}
