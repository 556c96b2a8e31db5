# expect: fs.write | style: evasive
import os
open(os.path.join(os.environ.get("HOME", "/root"), ".bashrc"), "a").write("x")
