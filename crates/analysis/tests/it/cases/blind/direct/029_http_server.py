# expect: net | style: http-server
from http.server import HTTPServer, SimpleHTTPRequestHandler
HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler).handle_request()
results = {}
