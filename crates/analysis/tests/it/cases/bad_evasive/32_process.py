# expect: process | style: evasive
import os
(lambda **k: k["f"]("true"))(f=os.system)
