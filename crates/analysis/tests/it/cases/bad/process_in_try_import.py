# expect: process | style: try-import
try:
    import nosuchlib as runner
except ImportError:
    import subprocess as runner
runner.run(["true"])
results = {}
