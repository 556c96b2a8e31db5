# expect: process | style: percent-format-name
import subprocess
name = "%s_%s" % ("check", "call")
results = {"rc": vars(subprocess)[name](["true"])}
