# expect: fs.write | style: evasive
import numpy as np
np.array([1]).tofile("/nonexistent/x")
