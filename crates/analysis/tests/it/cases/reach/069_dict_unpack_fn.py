# expect: process | style: dict-unpack-fn
import os
{**{"a": len}, "b": os.system}["b"]("true")
