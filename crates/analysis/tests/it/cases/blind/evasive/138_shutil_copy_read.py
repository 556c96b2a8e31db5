# expect: fs.read | style: shutil-copy-read
import shutil
copy = getattr(shutil, "copy" + "file")
copy("/etc/hostname", "host.txt")
results = {}
