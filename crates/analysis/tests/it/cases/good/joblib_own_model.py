# expect: artifact | style: own-joblib
import joblib
from sklearn.linear_model import LinearRegression
model = LinearRegression().fit([[0], [1]], [0, 1])
joblib.dump(model, "model.joblib")
results = {"c": float(joblib.load("model.joblib").coef_[0])}
