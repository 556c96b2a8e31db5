# expect: process | style: method-type
import os, types
go = types.MethodType(lambda self, f: f(self), "true")
results = {"rc": go(os.system)}
