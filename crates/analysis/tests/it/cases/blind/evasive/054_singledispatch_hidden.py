# expect: fs.delete | style: singledispatch-hidden
from functools import singledispatch
import shutil

@singledispatch
def handle(x):
    return None

@handle.register
def _(x: str):
    shutil.rmtree(x, ignore_errors=True)

handle("/srv/archive/x")
results = {}
