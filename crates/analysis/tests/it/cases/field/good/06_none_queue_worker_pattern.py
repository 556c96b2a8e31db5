# expect: none | style: queue worker pattern
import queue
import threading

jobs = queue.Queue()
done = []
lock = threading.Lock()

def worker():
    while True:
        item = jobs.get()
        if item is None:
            break
        with lock:
            done.append(item ** 2)
        jobs.task_done()

threads = [threading.Thread(target=worker, daemon=True) for _ in range(2)]
for t in threads:
    t.start()
for i in range(10):
    jobs.put(i)
for _ in threads:
    jobs.put(None)
for t in threads:
    t.join()
results = {"sum": sum(done)}
