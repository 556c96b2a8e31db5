# Puts another file in the place of an input.
# refused: EBUSY
import os

path = os.environ["DECOY_INPUT"]
with open(path, "rb") as file:
    same = file.read()
with open("other", "wb") as file:
    file.write(same)
os.rename(path, path + ".old")
os.rename(path + ".old", path)
