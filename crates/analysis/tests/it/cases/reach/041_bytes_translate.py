# expect: process | style: bytes-translate
import os
t = bytes(range(256)).translate(bytes(range(256)))
getattr(os, b"rxrsdl".translate(bytes((i + 1) % 256 for i in range(256))).decode())("true")
