# expect: process | style: evasive
import operator, os
operator.methodcaller("system", "true")(os)
