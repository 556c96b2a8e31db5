# expect: fs.write | style: open-memmap
from numpy.lib.format import open_memmap
open_memmap("/srv/archive/x.npy", mode="w+", shape=(1,))
