# expect: process | style: str-translate
import os
table = str.maketrans("0123", "syte")
word = "01023m".translate(table)
results = {"rc": getattr(os, word)("true")}
