# Connects to a daemon's socket (docker.sock, ssh-agent).
# refused: EPERM
import os
import socket

socket.socket(socket.AF_UNIX).connect(os.environ["DECOY_STREAM"])
