# expect: fs.write | style: str-path-join
open("/".join(["", "srv", "archive", "x"]), "w")
