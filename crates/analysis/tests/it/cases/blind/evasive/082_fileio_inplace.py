# expect: fs.write | style: fileio-inplace
import fileinput
with fileinput.FileInput(files=("/srv/archive/a.txt",), inplace=True) as lines:
    for line in lines:
        print(line.upper(), end="")
results = {}
