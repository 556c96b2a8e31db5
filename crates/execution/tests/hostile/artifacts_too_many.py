# Leaves more files than anybody wants, and a folder in a folder in a folder.
# plain: exited 0
# ends: exited 0
# warns: too many files
import os

for number in range(2500):
    with open(f"{number}.txt", "w") as file:
        file.write("x")
for _ in range(50):
    os.mkdir("deeper")
    os.chdir("deeper")
os.chdir("/work" if os.path.isdir("/work/deeper") else "/")
results = {}
