# Leaves files whose names are commands to a terminal, look like others, or are no text.
# plain: exited 0
# ends: exited 0
names = [b"\x1b]0;owned\x07", b"\x1b[2J", "\u202egnp.exe".encode(), b"-rf", b"a\nb", b"\xff\xfe", b"~", b"con.", b" ", b"x" * 255]
for name in names:
    with open(name, "w") as file:
        file.write("x")
results = {}
