# Writes the line that says how it ended.
# refused: EBADF
import os

os.write(5, b'{"ended": "exited", "code": 0}\n')
