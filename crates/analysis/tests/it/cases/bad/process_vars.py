# expect: process | style: vars
import os
vars(os)["sys" "tem"]("true")
results = {}
