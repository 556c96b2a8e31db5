# expect: dynamic_code | style: ast-compile
import ast
t = ast.parse("1+1", mode="eval")
e = __import__("builtins").eval
e(compile(t, "x", "eval"))
