# expect: dynamic_code | style: cprofile-run
import cProfile
cProfile.run("__import__('os').getpid()", "profile.out")
results = {}
