# Connects to a daemon's abstract socket, in the host's own network namespace.
# refused: EPERM
# grants: net
import os
import socket

socket.socket(socket.AF_UNIX).connect("\0" + os.environ["DECOY_ABSTRACT"])
