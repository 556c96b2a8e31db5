# expect: process | style: match-or-as
import os
match ("x", os.system):
    case ("y" | "x", f) as whole:
        whole[1]("true")
