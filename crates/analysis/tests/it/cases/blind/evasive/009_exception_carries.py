# expect: fs.delete | style: exception-carries
import os

class Signal(Exception):
    pass

def deep():
    raise Signal(os.remove, "/srv/archive/a.csv")

try:
    deep()
except Signal as note:
    action, what = note.args
    action(what)
results = {"done": True}
