# expect: net | style: smtp
import smtplib
with smtplib.SMTP("mail.invalid", 25, timeout=1) as m:
    m.sendmail("a@b.invalid", ["c@d.invalid"], "x")
results = {}
