# expect: dynamic_code | style: evasive
import os
a, b = os, "system"
exec(f"a.{b}('true')")
