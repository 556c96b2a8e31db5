# expect: process | style: type-three-args
import os
Kit = type("Kit", (), {"go": staticmethod(os.system)})
results = {"rc": Kit.go("true")}
