# expect: process | style: partial-func-attr
import os
from functools import partial
partial(os.system).func("true")
