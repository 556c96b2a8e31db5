# expect: native_code | style: ctypes-hidden
lib = __import__("ctyp" + "es").CDLL(None)
results = {"p": lib.getpid()}
