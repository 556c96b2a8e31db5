# expect: process | style: library
from multiprocessing import Process
p = Process(target=print)
p.start()
results = {}
