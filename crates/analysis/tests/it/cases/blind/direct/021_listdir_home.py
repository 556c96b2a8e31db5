# expect: fs.read | style: listdir-home
import os
results = {"files": os.listdir(os.path.expanduser("~"))}
