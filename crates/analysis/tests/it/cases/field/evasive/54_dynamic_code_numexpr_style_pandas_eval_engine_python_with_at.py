# expect: dynamic_code | style: numexpr style pandas eval engine python with at
import pandas as pd
df = pd.DataFrame({"a": [1, 2]})
formula = "@__import__('os').system('id')"
out = df.query("a > " + formula)
results = {"n": len(out)}
