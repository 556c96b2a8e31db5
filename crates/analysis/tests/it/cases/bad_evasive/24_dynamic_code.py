# expect: dynamic_code | style: evasive
import os
x = "os.system"
eval(x)("true")
