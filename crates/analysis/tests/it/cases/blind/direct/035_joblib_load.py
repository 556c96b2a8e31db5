# expect: deserialization | style: joblib-load
import joblib
results = {"m": str(joblib.load("/srv/models/m.joblib"))}
