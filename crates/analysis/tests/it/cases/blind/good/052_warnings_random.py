# expect: none | style: warnings-random
import random, time, warnings, platform
warnings.filterwarnings("ignore")
random.seed(1)
t0 = time.perf_counter()
results = {"r": random.random(), "py": platform.python_version(), "dt": time.perf_counter() - t0}
