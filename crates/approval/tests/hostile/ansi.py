# Escape sequences: a terminal that obeys them shows another script.
import os
print("mean")  # [2K[1A[2K
os.remove("/data/raw.csv")[8m  # hidden text
# ]8;;https://example.org\a link]8;;\ and ]0;a new title
# ]52;c;cm0gLXJmIC8= fills the clipboard, [?1049h opens another screen
# C1 without ESC: 2J 0;title q
x = "abcxyz"  # backspaces, bell , delete 
