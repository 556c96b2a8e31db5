# expect: none | style: open-price-frame
import pandas as pd
ohlc = pd.DataFrame({"open": [1.0, 2.0], "close": [2.0, 1.5]})
open, close = ohlc.open, ohlc.close
results = {"gain": float((close - open).sum())}
