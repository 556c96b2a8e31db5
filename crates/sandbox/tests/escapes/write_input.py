# Changes an input.
# refused: EROFS
import os

os.open(os.environ["DECOY_INPUT"], os.O_WRONLY)
