# expect: deserialization | style: unpickler-subclass
import pickle
class U(pickle.Unpickler):
    pass
U(open("x", "rb")).load()
