# expect: none | style: metadata-version
from importlib.metadata import version, PackageNotFoundError
try:
    v = version("numpy")
except PackageNotFoundError:
    v = None
results = {"numpy": v}
