# expect: process | style: leaked-module
import shutil
shutil.os.system("true")
results = {}
