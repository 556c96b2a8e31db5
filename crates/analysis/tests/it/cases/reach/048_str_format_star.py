# expect: process | style: str-format-star
import os
getattr(os, "{}{}".format(*["sys", "tem"]))("true")
