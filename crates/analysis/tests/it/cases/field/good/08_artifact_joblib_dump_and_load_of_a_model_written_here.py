# expect: artifact | style: joblib dump and load of a model written here
import joblib
from sklearn.linear_model import Ridge
import numpy as np

X = np.arange(20).reshape(10, 2)
y = X.sum(axis=1)
model = Ridge().fit(X, y)
joblib.dump(model, "model.joblib", compress=3)
again = joblib.load("model.joblib")
results = {"same": bool(np.allclose(again.predict(X), model.predict(X)))}
