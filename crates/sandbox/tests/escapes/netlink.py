# Talks to the kernel's network.
# refused: EPERM
import socket

socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()
