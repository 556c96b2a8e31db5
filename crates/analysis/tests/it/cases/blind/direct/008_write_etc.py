# expect: fs.write | style: write-etc
with open("/etc/cron.d/job", "w") as f:
    f.write("* * * * * root true\n")
results = {}
