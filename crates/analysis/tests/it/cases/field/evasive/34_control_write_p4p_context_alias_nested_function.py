# expect: control.write | style: p4p context alias nested function
from p4p.client.thread import Context

def main():
    with Context("pva") as ctx:
        x = ctx.get("DEV:X")
        update = ctx.put
        update("DEV:X:SET", float(x) + 1)
        return float(x)

results = {"x": main()}
