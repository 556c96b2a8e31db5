# expect: process | style: os-kill
import os, signal
os.kill(1, signal.SIGTERM)
results = {}
