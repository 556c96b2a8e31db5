# Leaves links to what only the host can read, pipes, and files that nobody may open.
# plain: exited 0
# ends: exited 0
import os

for name, target in (("shadow", "/etc/shadow"), ("root", "/"), ("environ", "/proc/1/environ"), ("loop", "loop"), ("up", "../..")):
    os.symlink(target, name)
os.mkdir("folder")
os.symlink("/etc", "folder/etc")
for name in ("none", "folder/none"):
    with open(name, "w") as file:
        file.write("x")
    os.chmod(name, 0)
os.chmod("folder", 0)
results = {}
