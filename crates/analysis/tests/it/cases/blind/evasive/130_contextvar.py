# expect: process | style: contextvar
from contextvars import ContextVar
import os
slot = ContextVar("slot")
slot.set(os.system)
results = {"rc": slot.get()("true")}
