# expect: net | style: via xmlrpc
from xmlrpc.client import ServerProxy as P
p = P("http://supervisor:9001/RPC2")
p.supervisor.restart()
results = {}
