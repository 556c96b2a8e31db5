# expect: none | style: queue-put
import queue
q = queue.PriorityQueue()
for v in (3, 1, 2):
    q.put(v)
results = {"first": q.get()}
