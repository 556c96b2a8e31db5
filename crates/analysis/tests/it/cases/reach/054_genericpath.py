# expect: process | style: genericpath
import glob
glob.os.path.genericpath.os.system("true")
