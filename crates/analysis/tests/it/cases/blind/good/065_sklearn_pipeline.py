# expect: none | style: sklearn-pipeline
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
X, y = load_iris(return_X_y=True)
m = make_pipeline(StandardScaler(), LogisticRegression())
results = {"s": float(cross_val_score(m, X, y, cv=3).mean())}
