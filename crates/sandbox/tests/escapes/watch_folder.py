# Has itself told what others do in a folder, the way that is older than inotify.
# refused: EPERM
import fcntl
import os
import signal

signal.signal(signal.SIGIO, signal.SIG_IGN)
descriptor = os.open("/usr/lib", os.O_RDONLY | os.O_DIRECTORY)
fcntl.fcntl(descriptor, fcntl.F_NOTIFY, fcntl.DN_CREATE)
