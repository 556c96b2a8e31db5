# expect: process | style: codecs-getdecoder
import codecs
import os
word, _ = codecs.getdecoder("hex")(b"73797374656d")
results = {"rc": getattr(os, word.decode())("true")}
