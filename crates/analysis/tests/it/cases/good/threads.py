# expect: none | style: threads
from concurrent.futures import ThreadPoolExecutor
import threading

def work(n):
    return n * n

with ThreadPoolExecutor(4) as pool:
    squares = list(pool.map(work, range(5)))
t = threading.Thread(target=work, args=(3,))
t.start()
t.join()
results = {"s": squares}
