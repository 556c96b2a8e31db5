# expect: process | style: star-call-kwargs
import subprocess
subprocess.run(**{"args": ["true"]})
