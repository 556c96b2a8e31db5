# expect: artifact | style: own-pickle
import pickle
model = {"a": 1}
with open("model.pkl", "wb") as f:
    pickle.dump(model, f)
with open("model.pkl", "rb") as f:
    again = pickle.load(f)
results = {"same": again == model}
