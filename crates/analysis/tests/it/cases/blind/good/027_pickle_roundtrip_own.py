# expect: artifact | style: pickle-roundtrip-own
import pickle
model = {"w": [1.0, 2.0]}
with open("model.pkl", "wb") as f:
    pickle.dump(model, f)
results = {"bytes": len(pickle.dumps(model))}
