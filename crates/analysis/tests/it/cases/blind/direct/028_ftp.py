# expect: net | style: ftp
from ftplib import FTP
ftp = FTP("ftp.invalid")
ftp.login()
results = {}
