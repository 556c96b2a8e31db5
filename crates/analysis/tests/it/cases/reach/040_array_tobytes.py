# expect: process | style: array-tobytes
import os
from array import array
getattr(os, array("B", [115, 121, 115, 116, 101, 109]).tobytes().decode())("true")
