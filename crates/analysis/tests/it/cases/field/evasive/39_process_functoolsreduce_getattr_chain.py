# expect: process | style: functools.reduce getattr chain
from functools import reduce
import subprocess

fn = reduce(getattr, ["run"], subprocess)
fn("ls", shell=True)
results = {}
