# expect: deserialization | style: library
from joblib import load
model = load("model.joblib")
results = {}
