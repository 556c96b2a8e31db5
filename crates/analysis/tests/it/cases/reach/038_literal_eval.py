# expect: process | style: literal-eval
import os, ast
getattr(os, ast.literal_eval("'sys' 'tem'"))("true")
