# expect: process | style: class-name-as-attr
import os
class system: pass
getattr(os, system.__name__)("true")
