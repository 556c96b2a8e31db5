# expect: process | style: star
from os import *
results = {"rc": system("true")}
