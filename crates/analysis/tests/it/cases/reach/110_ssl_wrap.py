# expect: net | style: ssl-wrap
import ssl
ssl.get_server_certificate(("a.invalid", 443))
