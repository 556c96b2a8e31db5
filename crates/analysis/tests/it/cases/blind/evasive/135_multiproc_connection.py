# expect: net | style: multiproc-connection
from multiprocessing.connection import Client as C
try:
    C(("127.0.0.1", 9))
except OSError:
    pass
results = {}
