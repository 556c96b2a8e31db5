# expect: none | style: contextlib and warnings
import contextlib
import io
import time
import warnings

@contextlib.contextmanager
def timed(label, sink):
    t = time.perf_counter()
    try:
        yield
    finally:
        sink[label] = time.perf_counter() - t

sink = {}
with timed("sum", sink), warnings.catch_warnings(), contextlib.suppress(ZeroDivisionError):
    warnings.simplefilter("ignore")
    total = sum(range(1000))
    1 / 0
with contextlib.redirect_stdout(io.StringIO()) as text:
    print("hello")
results = {"total": total, "text": text.getvalue()}
