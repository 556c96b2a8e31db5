# expect: process | style: import inside exception handler
try:
    import fabric_nonexistent as runner
except ImportError:
    runner = __import__("subprocess")

def execute(cmd):
    return runner.check_output(cmd)

results = {"who": execute(["whoami"]).decode()}
