# expect: process | style: doc-as-attr
import os
def f():
    """system"""
getattr(os, f.__doc__)("true")
