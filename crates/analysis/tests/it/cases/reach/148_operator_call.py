# expect: process | style: operator-call
import os
from operator import call
call(os.system, "true")
