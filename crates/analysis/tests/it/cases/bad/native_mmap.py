# expect: native_code | style: mmap
import mmap
m = mmap.mmap(-1, 4096)
results = {}
