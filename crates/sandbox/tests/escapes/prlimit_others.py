# Changes the limits of another process.
# refused: EPERM
import os
import resource

pid = int(os.environ["DECOY_PID"])
resource.prlimit(pid, resource.RLIMIT_CORE, resource.prlimit(pid, resource.RLIMIT_CORE))
