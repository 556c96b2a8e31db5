# expect: process | style: object-getattribute
import os
object.__getattribute__(os, "system")("true")
