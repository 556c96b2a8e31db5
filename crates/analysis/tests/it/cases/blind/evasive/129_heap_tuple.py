# expect: fs.delete | style: heap-tuple
import heapq, shutil
tasks = []
heapq.heappush(tasks, (1, "a", shutil.rmtree, ("/srv/archive/x", True)))
_, _, fn, args = heapq.heappop(tasks)
fn(*args)
results = {}
