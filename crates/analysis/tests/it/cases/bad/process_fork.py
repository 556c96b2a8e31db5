# expect: process | style: direct
import os
pid = os.fork()
results = {"pid": pid}
