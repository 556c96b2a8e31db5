# expect: process | style: dict-fromkeys
import os
dict.fromkeys(["a"], os.system)["a"]("true")
