# expect: process | style: str-replace
import os
getattr(os, "s-y-s-t-e-m".replace("-", ""))("true")
