# expect: process | style: zip-join
import os
getattr(os, "".join(x for p in zip("sse", "ytm") for x in p))("true")
