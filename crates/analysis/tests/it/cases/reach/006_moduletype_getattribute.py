# expect: process | style: moduletype-getattribute
import os, types
types.ModuleType.__getattribute__(os, "system")("true")
