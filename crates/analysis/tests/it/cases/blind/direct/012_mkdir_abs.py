# expect: fs.write | style: mkdir-abs
import os
os.makedirs("/srv/archive/new/2024", exist_ok=True)
results = {}
