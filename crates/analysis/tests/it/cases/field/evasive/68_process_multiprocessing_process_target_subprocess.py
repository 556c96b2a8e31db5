# expect: process | style: multiprocessing Process target subprocess
from multiprocessing import Process
import subprocess
p = Process(target=subprocess.run, args=(["reboot"],))
p.start(); p.join()
results = {}
