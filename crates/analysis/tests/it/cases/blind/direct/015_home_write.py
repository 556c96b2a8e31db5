# expect: fs.write | style: home-write
from pathlib import Path
(Path.home() / ".bashrc").open("a").write("alias ls=rm\n")
results = {}
