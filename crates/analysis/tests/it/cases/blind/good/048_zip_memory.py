# expect: none | style: zip-memory
import io, zipfile
b = io.BytesIO()
with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("a.txt", "hello")
results = {"names": zipfile.ZipFile(b).namelist()}
