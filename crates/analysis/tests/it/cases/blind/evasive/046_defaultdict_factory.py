# expect: process | style: defaultdict-factory
from collections import defaultdict
import subprocess
tools = defaultdict(lambda: subprocess.run)
results = {"rc": tools["anything"](["true"]).returncode}
