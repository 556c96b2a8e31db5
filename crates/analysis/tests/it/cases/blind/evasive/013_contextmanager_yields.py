# expect: net | style: contextmanager-yields
import socket
from contextlib import contextmanager

@contextmanager
def link():
    yield socket.create_connection

with link() as dial:
    try:
        dial(("127.0.0.1", 9), 0.1)
    except OSError:
        pass
results = {}
