# expect: none | style: cross-validated clustering with imports inside functions
def load():
    from sklearn.datasets import load_iris
    return load_iris(return_X_y=True, as_frame=True)

def cluster(X, k):
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    labels = KMeans(n_clusters=k, n_init=3, random_state=0).fit_predict(X)
    return silhouette_score(X, labels)

X, y = load()
scores = {k: float(cluster(X, k)) for k in (2, 3, 4)}
results = {"scores": scores, "best": max(scores, key=scores.get)}
