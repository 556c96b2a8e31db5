# expect: artifact | style: join-star-parts
import os
parts = ["out", "2024", "jan"]
folder = os.path.join(*parts)
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, *["a", "b.txt"]), "w") as f:
    f.write("x")
results = {}
