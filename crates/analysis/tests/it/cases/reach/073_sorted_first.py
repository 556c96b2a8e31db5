# expect: process | style: sorted-first
import os
sorted([os.system], key=id)[0]("true")
