# expect: process | style: evasive
import subprocess as s
class R(s.Popen): ...
R("true")
