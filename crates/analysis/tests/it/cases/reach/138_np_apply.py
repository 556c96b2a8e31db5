# expect: process | style: np-apply
import os
import numpy as np
np.apply_along_axis(lambda r: os.system("true"), 0, np.zeros(1))
