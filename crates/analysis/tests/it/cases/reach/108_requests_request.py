# expect: net | style: requests-request
import requests
for verb in ("get", "post"):
    getattr(requests, verb)("http://a.invalid")
