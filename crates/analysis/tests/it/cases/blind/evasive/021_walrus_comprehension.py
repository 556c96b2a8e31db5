# expect: process | style: walrus-comprehension
import os
codes = [rc for cmd in ("true", "true") if (rc := (runner := os.system)(cmd)) == 0]
results = {"n": len(codes), "again": runner("true")}
