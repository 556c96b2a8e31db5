# expect: process | style: lambda-default
import os
step = lambda cmd, do=os.system: do(cmd)
results = {"rc": step("true")}
