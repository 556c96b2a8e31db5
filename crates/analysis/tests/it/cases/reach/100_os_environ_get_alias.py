# expect: environment | style: os-environ-get-alias
from os import environ
get = environ.get
get("TOKEN")
