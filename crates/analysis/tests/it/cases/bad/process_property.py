# expect: process | style: property
import os

class Job:
    @property
    def status(self):
        return os.system("true")

results = {"s": Job().status}
