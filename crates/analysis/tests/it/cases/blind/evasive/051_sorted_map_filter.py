# expect: fs.delete | style: sorted-map-filter
import os
stale = ["/srv/archive/a", "/srv/archive/b"]
def safe(p, do=os.unlink):
    try:
        return do(p)
    except OSError:
        return None
results = {"n": len(list(filter(None, map(safe, stale))))}
