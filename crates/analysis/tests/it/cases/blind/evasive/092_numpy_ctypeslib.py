# expect: native_code | style: numpy-ctypeslib
import numpy as np
lib = np.ctypeslib.load_library("libm.so.6", "/lib/x86_64-linux-gnu")
results = {}
