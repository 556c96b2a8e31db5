# Waits on a socket in its folder for a curious host.
# refused: EPERM
import socket

socket.socket(socket.AF_UNIX).bind("socket")
