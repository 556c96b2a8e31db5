# Signals another process.
# refused: ESRCH
import os

os.kill(int(os.environ["DECOY_PID"]), 0)
