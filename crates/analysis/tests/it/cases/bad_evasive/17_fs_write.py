# expect: fs.write | style: evasive
import shutil
shutil.move("a", "/nonexistent/b")
