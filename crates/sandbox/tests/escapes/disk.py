# Fills the disk.
# refused: ENOSPC
# limits: scratch_mb=40
with open("large", "wb") as file:
    for _ in range(48):
        file.write(bytes(1 << 20))
