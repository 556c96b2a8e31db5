# expect: net | style: smtplib notify
import smtplib
from email.message import EmailMessage
m = EmailMessage()
m["To"] = "boss@example.org"
m.set_content("fit done")
with smtplib.SMTP("mail") as s:
    s.send_message(m)
results = {}
