# expect: net | style: dataset
from sklearn.datasets import fetch_openml
X, y = fetch_openml("iris", return_X_y=True)
results = {}
