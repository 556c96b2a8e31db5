# expect: deserialization | style: positional
import numpy
a = numpy.load("x.npy", None, True)
results = {}
