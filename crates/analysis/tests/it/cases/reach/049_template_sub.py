# expect: process | style: template-sub
import os
from string import Template
getattr(os, Template("${a}tem").substitute(a="sys"))("true")
