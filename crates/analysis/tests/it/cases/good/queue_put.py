# expect: none | style: put-get
import queue
q = queue.Queue()
q.put(1)
results = {"v": q.get()}
