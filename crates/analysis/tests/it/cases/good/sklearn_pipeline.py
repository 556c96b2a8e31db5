# expect: none | style: sklearn
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
X, y = load_iris(return_X_y=True)
grid = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 10]}, n_jobs=1)
grid.fit(X, y)
results = {"score": float(grid.best_score_), "p": str(grid.best_params_)}
