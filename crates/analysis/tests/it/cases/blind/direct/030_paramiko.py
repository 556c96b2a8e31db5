# expect: net | style: paramiko
import paramiko
c = paramiko.SSHClient()
c.connect("host.invalid", username="u")
results = {}
