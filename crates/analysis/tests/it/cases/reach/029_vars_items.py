# expect: process | style: vars-items
import os
for k, v in vars(os).items():
    if k == "sys" + "tem":
        v("true")
