# expect: none | style: save-artifact-api
from pyexec import save_artifact
save_artifact({"a": 1}, "summary")
results = {}
