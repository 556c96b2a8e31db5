# expect: process | style: textwrap-dedent
import os, textwrap
getattr(os, textwrap.dedent("  system"))("true")
