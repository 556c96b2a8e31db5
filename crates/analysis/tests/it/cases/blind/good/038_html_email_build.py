# expect: none | style: html-email-build
from email.message import EmailMessage
from html import escape
m = EmailMessage()
m["To"] = "a@b.invalid"
m.set_content(escape("<b>"))
results = {"len": len(m.as_string())}
