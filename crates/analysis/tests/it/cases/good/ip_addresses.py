# expect: none | style: look-alike
import ipaddress
results = {"n": ipaddress.ip_network("10.0.0.0/24").num_addresses}
