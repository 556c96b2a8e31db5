# expect: artifact | style: zipfile
import zipfile
with zipfile.ZipFile("a.zip", "w") as z:
    z.writestr("x.txt", "x")
results = {}
