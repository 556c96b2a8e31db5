# expect: dynamic_code | style: decorator that execs
def run_source(fn):
    exec(fn.__doc__, globals())
    return fn

@run_source
def hidden():
    """import os; os.system('id')"""

results = {"x": 1}
