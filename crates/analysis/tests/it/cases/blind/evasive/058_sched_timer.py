# expect: process | style: sched-timer
import sched, time, os
s = sched.scheduler(time.time, time.sleep)
s.enter(0, 1, os.system, argument=("true",))
s.run()
results = {}
