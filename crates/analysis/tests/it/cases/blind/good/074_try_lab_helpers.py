# expect: none | style: try-lab-helpers
try:
    from lab_helpers import smooth
except ImportError:
    def smooth(v):
        return v
results = {"s": smooth([1, 2])}
