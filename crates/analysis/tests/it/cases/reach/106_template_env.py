# expect: environment | style: template-env
import os
from string import Template
Template("$HOME").substitute(os.environ)
