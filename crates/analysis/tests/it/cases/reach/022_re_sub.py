# expect: process | style: re-sub
import os, re
re.sub("true", lambda m: str(os.system(m.group())), "true")
