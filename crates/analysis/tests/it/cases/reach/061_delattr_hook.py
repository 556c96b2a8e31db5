# expect: fs.delete | style: delattr-hook
import shutil
class A:
    def __delattr__(self, name): shutil.rmtree("/srv/archive/" + name)
del A().x
