# Lists the root folder.
# refused: EACCES
import os

os.listdir("/")
