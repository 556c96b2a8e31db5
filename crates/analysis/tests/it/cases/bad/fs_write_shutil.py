# expect: fs.write | style: library
import shutil
shutil.copyfile("data.csv", "/nonexistent/data.csv")
results = {}
