# expect: fs.write | style: fdopen
import os
with os.fdopen(os.open("/srv/archive/x", os.O_WRONLY | os.O_CREAT), "w") as f:
    f.write("x")
