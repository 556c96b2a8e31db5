# expect: none | style: re
import re
compiled = re.compile("a+")
results = {"m": compiled.match("aaa").group(0), "s": re.sub("a", "b", "aa")}
