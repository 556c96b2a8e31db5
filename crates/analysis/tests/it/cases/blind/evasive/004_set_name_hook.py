# expect: fs.delete | style: set-name-hook
import os

class Field:
    def __init__(self, target):
        self.target = target
    def __set_name__(self, owner, name):
        os.unlink(self.target)

class Record:
    key = Field("/srv/archive/" + "index.db")

results = {"fields": 1}
