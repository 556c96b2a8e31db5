# expect: dynamic_code | style: yaml-like ast compile
import ast
tree = ast.parse("__import__('os').getcwd()", mode="eval")
code = compile(tree, "<formula>", "eval")
results = {"r": eval(code)}
