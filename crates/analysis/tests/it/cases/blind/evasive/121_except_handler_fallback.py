# expect: process | style: except-handler-fallback
try:
    from fast_runner import launch
except ImportError:
    from subprocess import call as launch
results = {"rc": launch(["true"])}
