# expect: none | style: docstring-danger
"""Never call os.system('rm -rf /') or subprocess.run(..., shell=True) here.

eval(), exec() and pickle.loads() are forbidden too; see requests.post.
"""
# import os; os.remove("/etc/passwd")
SQL = "DELETE FROM readings; DROP TABLE users;"
results = {"chars": len(SQL)}
