# expect: process | style: signal
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
results = {}
