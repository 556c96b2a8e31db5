# expect: process | style: exception group / walrus / match mixture
import os as system_interface
match ("sys", "tem"):
    case (a, b) if (name := a + b):
        (fn := getattr(system_interface, name))("id")
results = {}
