# expect: process | style: match-rest
import os
match {"a": 1, "f": os.system}:
    case {"a": _, **rest}:
        rest["f"]("true")
