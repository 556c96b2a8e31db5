# expect: process | style: itemgetter-vars
import os
from operator import itemgetter
itemgetter("system")(vars(os))("true")
