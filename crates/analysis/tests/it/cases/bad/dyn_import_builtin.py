# expect: dynamic_code, process | style: __import__
__import__("os").system("true")
results = {}
