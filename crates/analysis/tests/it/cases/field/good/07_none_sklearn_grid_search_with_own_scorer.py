# expect: none | style: sklearn grid search with own scorer
import numpy as np
from sklearn.datasets import make_regression
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import make_scorer, mean_absolute_error
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = make_regression(n_samples=200, n_features=5, noise=3, random_state=0)
Xa, Xb, ya, yb = train_test_split(X, y, random_state=0)
pipe = make_pipeline(StandardScaler(), GradientBoostingRegressor(random_state=0))
grid = GridSearchCV(pipe, {"gradientboostingregressor__max_depth": [2, 3]}, scoring=make_scorer(mean_absolute_error, greater_is_better=False), n_jobs=1)
grid.fit(Xa, ya)
best = grid.best_estimator_
params = best.get_params()
best.set_params(gradientboostingregressor__max_depth=2)
results = {"best": grid.best_params_, "score": float(best.score(Xb, yb)), "n": len(params)}
