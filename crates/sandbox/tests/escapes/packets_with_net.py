# Listens to the wire, with the network granted.
# refused: EPERM
# grants: net
import socket

socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
