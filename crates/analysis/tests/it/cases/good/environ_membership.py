# expect: none | style: environ-in
import os
headless = "DISPLAY" not in os.environ
results = {"headless": headless}
