# expect: net | style: lookup
from socket import gethostbyname
results = {"a": gethostbyname("nosuch.invalid")}
