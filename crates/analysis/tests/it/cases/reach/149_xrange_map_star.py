# expect: process | style: xrange-map-star
import os
(lambda *a: a[0](a[1]))(os.system, "true")
