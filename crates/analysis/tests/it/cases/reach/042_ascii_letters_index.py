# expect: process | style: ascii-letters-index
import os, string
a = string.ascii_lowercase
getattr(os, "".join(a[i] for i in (18, 24, 18, 19, 4, 12)))("true")
