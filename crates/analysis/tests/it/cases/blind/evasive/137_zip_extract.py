# expect: fs.write | style: zip-extract
import io, zipfile
buf = io.BytesIO()
with zipfile.ZipFile(buf, "w") as z:
    z.writestr("a.txt", "x")
with zipfile.ZipFile(buf) as z:
    z.extractall(path="/srv/archive")
results = {}
