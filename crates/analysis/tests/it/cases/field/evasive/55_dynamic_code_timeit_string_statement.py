# expect: dynamic_code | style: timeit string statement
import timeit
setup = "import os"
stmt = "os.listdir('/')"
t = timeit.timeit(stmt, setup, number=1)
results = {"t": t}
