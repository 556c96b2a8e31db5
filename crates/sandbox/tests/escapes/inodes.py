# Makes files until there can be no more.
# refused: ENOSPC
for number in range(5000):
    open(f"file{number}", "w").close()
