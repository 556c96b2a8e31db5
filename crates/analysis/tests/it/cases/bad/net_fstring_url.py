# expect: net | style: url
import numpy as np
host = "127.0.0.1:9"
a = np.loadtxt(f"http://{host}/x.txt")
results = {}
