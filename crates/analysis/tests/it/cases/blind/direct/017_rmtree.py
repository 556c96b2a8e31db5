# expect: fs.delete | style: rmtree
import shutil
shutil.rmtree("/srv/archive/2023")
results = {}
