# expect: process | style: star-os
from os import *
results = {"rc": system("true")}
