# expect: artifact | style: shutil
import shutil
open("a.txt", "w").close()
shutil.copy("a.txt", "b.txt")
shutil.move("b.txt", "c.txt")
shutil.rmtree("old", ignore_errors=True)
results = {}
