# Changes its root.
# refused: EPERM
import os

os.chroot(".")
