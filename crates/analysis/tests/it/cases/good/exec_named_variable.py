# expect: none | style: names
exec_time = 3
compile_flags = ["-O2"]
pickle_count = 2
environ = {"T": 300}
results = {"e": environ["T"] + exec_time + pickle_count}
