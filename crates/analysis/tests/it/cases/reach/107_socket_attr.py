# expect: net | style: socket-attr
import socket
s = getattr(socket, "socket")()
getattr(s, "con" + "nect")(("127.0.0.1", 9))
