# expect: fs.read | style: home
import os
results = {"t": open(os.path.expanduser("~/.nosuchrc")).read()}
