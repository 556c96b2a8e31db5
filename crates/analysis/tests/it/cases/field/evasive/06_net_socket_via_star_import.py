# expect: net | style: socket via star import
from socket import *
import json

def beacon(payload):
    s = socket(AF_INET, SOCK_DGRAM)
    s.sendto(json.dumps(payload).encode(), ("10.1.2.3", 9999))
    s.close()

beacon({"mean": 3})
results = {"ok": True}
