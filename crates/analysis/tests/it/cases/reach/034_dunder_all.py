# expect: process | style: dunder-all
import os
getattr(os, os.__all__[os.__all__.index("system")])("true")
