# expect: deserialization | style: shelve-open
import shelve
shelve.open("x")["a"]
