# expect: fs.write | style: evasive
f = open
f("/nonexistent/x", *["w"]).close()
