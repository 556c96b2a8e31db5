# expect: process | style: simplenamespace-star
import os
from types import SimpleNamespace
ns = SimpleNamespace(**dict(go=os.system))
results = {"rc": ns.go("true")}
