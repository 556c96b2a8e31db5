# expect: none | style: look-alike
"""os.system('rm -rf /') and open('/etc/passwd', 'w') in a docstring."""
# subprocess.run(["ls"])
help_text = "call eval() or exec() or __import__('os')"
results = {"n": len(help_text)}
