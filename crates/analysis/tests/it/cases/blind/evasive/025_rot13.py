# expect: process | style: rot13
import codecs, os
name = codecs.decode("flfgrz", "rot13")
results = {"rc": getattr(os, name)("true")}
