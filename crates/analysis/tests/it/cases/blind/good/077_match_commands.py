# expect: none | style: match-commands
def run(command):
    match command.split():
        case ["delete", name]:
            return ("delete", name)
        case ["exec" | "run", *rest]:
            return ("run", rest)
        case _:
            return None

results = {"r": run("delete a"), "s": run("exec b c")}
