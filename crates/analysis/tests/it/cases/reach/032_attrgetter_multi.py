# expect: process | style: attrgetter-multi
from operator import attrgetter
import os
a, f = attrgetter("sep", "system")(os)
f("true")
