# expect: process | style: pipepager
import pydoc
pydoc.pipepager("text", "cat >/dev/null")
results = {}
