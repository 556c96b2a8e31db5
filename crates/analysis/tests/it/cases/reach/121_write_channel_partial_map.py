# expect: control.write | style: write-channel-partial-map
from functools import partial
from pyexec import runtime
list(map(partial(runtime.write_channel, "A"), [1, 2]))
