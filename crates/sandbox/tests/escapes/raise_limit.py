# Raises the limit of its memory.
# refused: ValueError
# limits: memory_mb=256
import resource

resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
