# expect: process | style: match-star-sequence
from os import system
match [len, system, "true"]:
    case [_, *rest]:
        results = {"rc": rest[0](rest[1])}
