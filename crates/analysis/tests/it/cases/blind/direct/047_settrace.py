# expect: introspection | style: settrace
import sys
sys.settrace(lambda *a: None)
results = {}
