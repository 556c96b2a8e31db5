# expect: environment | style: format-map-environ
from os import environ as e
results = {"t": "{PATH}".format_map(e)}
