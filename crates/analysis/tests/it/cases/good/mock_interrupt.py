# expect: none | style: exceptions
class MyError(Exception):
    def __init__(self, message):
        super().__init__(message)
        self.message = message

try:
    raise MyError("x")
except MyError as e:
    results = {"m": e.message}
