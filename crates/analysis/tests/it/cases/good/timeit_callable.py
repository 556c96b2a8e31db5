# expect: none | style: timeit
import timeit
results = {"t": timeit.timeit(lambda: sum(range(10)), number=10)}
