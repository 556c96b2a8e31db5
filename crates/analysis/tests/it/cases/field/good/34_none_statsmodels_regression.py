# expect: none | style: statsmodels regression
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

df = pd.DataFrame({"x": np.arange(50.0)})
df["y"] = 2 * df.x + np.random.default_rng(0).normal(size=50)
model = smf.ols("y ~ x", data=df).fit()
ar = sm.tsa.acf(df.y, nlags=5)
results = {"params": model.params.to_dict(), "r2": float(model.rsquared), "acf": list(map(float, ar))}
