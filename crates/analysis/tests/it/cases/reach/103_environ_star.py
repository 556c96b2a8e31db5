# expect: environment | style: environ-star
import os
print(*os.environ.items())
