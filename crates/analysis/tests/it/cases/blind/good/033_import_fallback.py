# expect: none | style: import-fallback
try:
    import seaborn as sns
    HAVE = True
except ImportError:
    sns = None
    HAVE = False
results = {"seaborn": HAVE}
