# expect: artifact | style: shutil-copy-relative
import shutil
with open("a.csv", "w") as f:
    f.write("1")
shutil.copy("a.csv", "b.csv")
results = {}
