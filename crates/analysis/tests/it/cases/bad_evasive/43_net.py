# expect: net | style: evasive
import socket
class S(socket.socket): pass
S().connect(("a", 1))
