# expect: dynamic_code | style: timeit-string
import timeit
results = {"t": timeit.timeit("sum(range(3))", setup="import os; os.system('true')", number=1)}
