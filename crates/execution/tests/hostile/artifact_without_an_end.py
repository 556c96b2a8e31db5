# Leaves a file that is larger than all disks, and holds nothing.
# plain: exited 0
# ends: exited 1
# error: resource_limit: File too large
with open("large", "wb") as file:
    file.truncate(1 << 40)
