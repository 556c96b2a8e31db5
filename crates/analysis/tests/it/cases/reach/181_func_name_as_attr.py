# expect: process | style: func-name-as-attr
import os
def system(): pass
getattr(os, system.__name__)("true")
