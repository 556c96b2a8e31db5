# Connects to a service of the host.
# refused: EPERM
import os
import socket

socket.create_connection(("127.0.0.1", int(os.environ["DECOY_TCP"])), timeout=5).close()
