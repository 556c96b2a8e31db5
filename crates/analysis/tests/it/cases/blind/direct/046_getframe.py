# expect: introspection | style: getframe
import sys
results = {"n": sys._getframe(0).f_code.co_name}
