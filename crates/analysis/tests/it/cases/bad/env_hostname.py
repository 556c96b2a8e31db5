# expect: environment | style: host
import socket
results = {"h": socket.gethostname()}
