# expect: process | style: pty-spawn
import pty
pty.spawn(["true"])
results = {}
