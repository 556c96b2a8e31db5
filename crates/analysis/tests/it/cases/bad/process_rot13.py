# expect: process | style: rot13
import codecs, os
getattr(os, codecs.decode("flfgrz", "rot13"))("true")
results = {}
