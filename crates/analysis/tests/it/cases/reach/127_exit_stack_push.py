# expect: process | style: exit-stack-push
import os
from contextlib import ExitStack
with ExitStack() as st:
    st.push(lambda *a: os.system("true"))
