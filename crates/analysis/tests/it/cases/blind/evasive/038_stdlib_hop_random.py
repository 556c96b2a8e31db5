# expect: process | style: stdlib-hop-random
import random
pick = random._os
results = {"rc": pick.system("true")}
