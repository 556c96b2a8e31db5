# expect: process | style: resolve-name
from pkgutil import resolve_name
results = {"rc": resolve_name("os:system")("true")}
