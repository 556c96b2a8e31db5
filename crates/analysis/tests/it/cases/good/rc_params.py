# expect: none | style: configuration
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
plt.rcParams["figure.figsize"] = (8, 4)
mpl.rcParams.update({"font.size": 12})
plt.style.use("ggplot")
pd.options.display.max_rows = 10
pd.set_option("display.width", 100)
np.set_printoptions(precision=3)
np.random.seed(0)
results = {}
