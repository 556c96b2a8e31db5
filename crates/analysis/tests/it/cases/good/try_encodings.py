# expect: input | style: try
for encoding in ("utf-8", "latin-1"):
    try:
        text = open("notes.txt", encoding=encoding).read()
        break
    except UnicodeDecodeError:
        continue
results = {"n": len(text)}
