# expect: process | style: queue-handoff
import queue, os
q = queue.Queue()
q.put((os.system, "true"))
fn, arg = q.get()
results = {"rc": fn(arg)}
