# Reaches a daemon's socket from an anonymous pair: sendmsg names the receiver.
# refused: EPERM
import os
import socket

ours, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
ours.sendmsg([b"x"], [], 0, os.environ["DECOY_DATAGRAM"])
