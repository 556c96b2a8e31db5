# expect: net | style: from-import
from ftplib import FTP
FTP("127.0.0.1").login()
results = {}
