# expect: fs.write | style: pandas ExcelWriter absolute and HDFStore
import pandas as pd
df = pd.DataFrame({"a": [1]})
with pd.HDFStore("/data/store.h5", mode="w") as st:
    st.put("df", df)
results = {}
