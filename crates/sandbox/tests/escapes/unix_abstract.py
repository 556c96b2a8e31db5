# Connects to a daemon's abstract socket.
# refused: EPERM
import os
import socket

socket.socket(socket.AF_UNIX).connect("\0" + os.environ["DECOY_ABSTRACT"])
