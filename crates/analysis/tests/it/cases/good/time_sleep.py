# expect: none | style: time
import time
start = time.time()
time.sleep(0.01)
results = {"dt": time.time() - start}
