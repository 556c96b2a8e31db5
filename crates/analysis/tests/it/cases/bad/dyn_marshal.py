# expect: dynamic_code | style: marshal
import marshal
code = marshal.loads(b"\xe3")
results = {}
