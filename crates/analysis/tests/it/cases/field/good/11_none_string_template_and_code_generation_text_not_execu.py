# expect: none | style: string template and code generation text not executed
from string import Template
import textwrap

code = textwrap.dedent("""
    import os
    os.system('rm -rf /')
    exec(open('/etc/passwd').read())
""")
page = Template("Never run: $code").substitute(code=code)
results = {"length": len(page), "lines": page.count("\n")}
