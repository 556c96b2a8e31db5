# expect: none | style: names-only
import subprocess
def explain(error):
    return isinstance(error, subprocess.CalledProcessError)
results = {"v": explain(ValueError())}
