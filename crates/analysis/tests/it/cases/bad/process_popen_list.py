# expect: process | style: direct
from subprocess import Popen, PIPE
p = Popen(["true"], stdout=PIPE)
results = {"rc": p.wait()}
