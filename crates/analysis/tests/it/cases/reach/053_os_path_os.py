# expect: process | style: os-path-os
import os.path as p
p.os.system("true")
