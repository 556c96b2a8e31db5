# expect: fs.delete | style: send-callable
import shutil

def apply_all():
    fn = yield
    yield fn("/srv/archive/old")

g = apply_all()
next(g)
results = {"r": str(g.send(shutil.rmtree))}
