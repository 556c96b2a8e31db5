# expect: process | style: queue
import os
todo = [os.system]
while todo:
    todo.pop()("true")
results = {}
