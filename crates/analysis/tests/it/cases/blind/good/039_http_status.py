# expect: none | style: http-status
from http import HTTPStatus
import ipaddress
results = {"s": HTTPStatus.NOT_FOUND.phrase, "n": ipaddress.ip_network("10.0.0.0/30").num_addresses}
