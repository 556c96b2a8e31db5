# expect: process | style: dict-join
import os
d = {0: "sys", 1: "tem"}
getattr(os, "".join(d.values()))("true")
