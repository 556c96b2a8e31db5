# expect: none | style: ast literal_eval and parsing of a config
import ast
import configparser

text = "[fit]\nrange = (0, 10)\nmodel = 'gauss'\n"
cp = configparser.ConfigParser()
cp.read_string(text)
section = cp["fit"]
rng = ast.literal_eval(section["range"])
model = section.get("model")
tree = ast.parse("x + 1", mode="eval")
results = {"range": list(rng), "model": model, "nodes": len(list(ast.walk(tree)))}
