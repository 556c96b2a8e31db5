# expect: environment | style: getenv
import os
results = {"k": os.getenv("AWS_SECRET_ACCESS_KEY")}
