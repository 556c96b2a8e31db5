# expect: process | style: locals-get
import os as _o
(locals()["_o"]).system("true")
