# expect: environment | style: user
import getpass
results = {"u": getpass.getuser()}
