# expect: process | style: direct
import pty
pty.spawn("true")
results = {}
