# expect: process | style: del-rebind
from os import system as s
t = s
del s
t("true")
