# expect: process | style: next-gen-expr
import os
f = next(v for k, v in os.__dict__.items() if k == "system")
f("true")
