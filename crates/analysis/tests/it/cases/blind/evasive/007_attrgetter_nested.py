# expect: process | style: attrgetter-nested
from operator import attrgetter
import shutil
go = attrgetter("os.system")(shutil)
results = {"rc": go("true")}
