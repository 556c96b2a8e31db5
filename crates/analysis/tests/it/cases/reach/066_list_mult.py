# expect: process | style: list-mult
import os
([os.system] * 3)[1]("true")
