# Makes a fifo, on which a reader would hang.
# refused: EPERM
import os

os.mkfifo("fifo")
