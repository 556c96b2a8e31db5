# Becomes another program without the grant.
# refused: EPERM
import os

os.execv("/bin/true", ["true"])
