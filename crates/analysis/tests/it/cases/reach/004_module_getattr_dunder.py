# expect: process | style: module-getattr-dunder
import os
m = os.__getattribute__
m("system")("true")
