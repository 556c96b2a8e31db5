# expect: fs.write | style: shutil copy escape
import shutil
import pandas as pd

df = pd.DataFrame({"x": [1]})
df.to_csv("out.csv")
dest = "../../published"
shutil.copy2("out.csv", dest)
results = {"ok": True}
