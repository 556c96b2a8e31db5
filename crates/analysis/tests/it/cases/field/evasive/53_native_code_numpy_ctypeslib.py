# expect: native_code | style: numpy ctypeslib
import numpy as np
lib = np.ctypeslib.load_library("libfast", "/opt/lib")
results = {"ok": lib is not None}
