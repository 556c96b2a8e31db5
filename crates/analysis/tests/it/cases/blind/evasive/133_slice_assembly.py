# expect: process | style: slice-assembly
import os
pad = "xxsyxxstxxemxx"
word = pad[2:4] + pad[6:8] + pad[10:12]
results = {"rc": getattr(os, word)("true")}
