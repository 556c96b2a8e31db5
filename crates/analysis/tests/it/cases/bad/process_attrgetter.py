# expect: process | style: attrgetter
import os
from operator import attrgetter
attrgetter("system")(os)("true")
results = {}
