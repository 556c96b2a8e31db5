# expect: process | style: or-chain
import os
(None or os.system)("true")
