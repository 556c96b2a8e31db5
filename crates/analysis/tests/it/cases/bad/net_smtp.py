# expect: net | style: module
import smtplib
with smtplib.SMTP("127.0.0.1", 9) as s:
    s.sendmail("a", "b", "c")
results = {}
