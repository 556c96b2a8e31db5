# expect: dynamic_code, process | style: pkgutil
import pkgutil
pkgutil.resolve_name("os:system")("true")
results = {}
