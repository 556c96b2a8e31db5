# Writes a file outside.
# refused: ENOENT
import os

path = os.path.join(os.environ["DECOY_FOLDER"], "secret")
os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
