# expect: deserialization | style: alias
import pickle as p
load = p.Unpickler(open("x.pkl", "rb")).load
results = {"v": load()}
