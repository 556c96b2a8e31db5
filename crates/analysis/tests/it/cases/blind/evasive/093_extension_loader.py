# expect: native_code | style: extension-loader
from importlib.machinery import ExtensionFileLoader as L
try:
    L("m", "/tmp/nosuch.so").load_module("m")
except ImportError:
    pass
results = {}
