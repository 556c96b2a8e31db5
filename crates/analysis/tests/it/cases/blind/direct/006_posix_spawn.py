# expect: process | style: posix-spawn
import os
pid = os.posix_spawn("/bin/true", ["true"], {})
results = {"pid": os.waitpid(pid, 0)[1]}
