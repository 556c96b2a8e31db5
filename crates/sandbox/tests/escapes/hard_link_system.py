# Links a system program into its folder.
# refused: EXDEV
import os
import tempfile

# Beside the program, where the file system is the same; inside that is no place to write.
with tempfile.TemporaryDirectory(dir=None if os.path.isdir("/script") else "/usr/share") as folder:
    os.link("/usr/bin/env", os.path.join(folder, "env"))
