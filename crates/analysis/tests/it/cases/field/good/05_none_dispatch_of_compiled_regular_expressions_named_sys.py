# expect: none | style: dispatch of compiled regular expressions named system and eval
import re

system = re.compile(r"(\w+)=(\d+)")
rules = {"kv": system, "word": re.compile(r"\w+")}
def evaluate(text):
    return {k: r.findall(text) for k, r in rules.items()}
popen = evaluate("a=1 b=2")
results = {"found": popen}
