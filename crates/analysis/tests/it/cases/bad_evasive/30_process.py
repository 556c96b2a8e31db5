# expect: process | style: evasive
import signal, os
signal.signal(signal.SIGALRM, lambda *a: os.system("true"))
