# expect: introspection | style: closure-cell
import os
def mk():
    t = os.system
    def f(): return t
    return f
mk().__closure__[0].cell_contents("true")
