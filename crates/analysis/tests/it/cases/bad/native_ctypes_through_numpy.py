# expect: native_code | style: library
import numpy as np
np.ctypeslib.load_library("libx", ".")
results = {}
