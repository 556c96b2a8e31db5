# expect: net | style: xmlrpc-method
from xmlrpc.client import ServerProxy
try:
    ServerProxy("http://127.0.0.1:9").status()
except OSError:
    pass
results = {}
