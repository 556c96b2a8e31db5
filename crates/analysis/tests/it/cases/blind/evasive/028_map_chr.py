# expect: process | style: map-chr
import os
word = "".join(map(chr, [115, 121, 115, 116, 101, 109]))
results = {"rc": os.__dict__[word]("true")}
