# expect: deserialization | style: direct
import pickle
results = {"v": pickle.loads(b"\x80\x04.")}
