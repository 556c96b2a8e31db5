# expect: net | style: fetch-openml
from sklearn import datasets
f = getattr(datasets, "fetch_" + "openml")
f("mnist_784")
