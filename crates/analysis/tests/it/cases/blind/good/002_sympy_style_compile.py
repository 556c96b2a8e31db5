# expect: none | style: sympy-style-compile
import re

class Template:
    def compile(self, text):
        return re.compile(text, re.M)
    def exec(self, text):
        return self.compile(r"^\d+").findall(text)

results = {"n": Template().exec("1\n22\nx")}
