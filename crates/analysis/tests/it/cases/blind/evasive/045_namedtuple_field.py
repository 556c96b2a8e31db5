# expect: fs.delete | style: namedtuple-field
from collections import namedtuple
import os
Job = namedtuple("Job", "fn arg")
queue = [Job(fn=os.rmdir, arg="/srv/archive/empty")]
for job in queue:
    try:
        job.fn(job.arg)
    except OSError:
        pass
results = {}
