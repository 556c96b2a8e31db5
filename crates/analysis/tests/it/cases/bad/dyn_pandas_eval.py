# expect: dynamic_code | style: library
import pandas as pd
expression = input()
results = {"v": pd.eval(expression)}
