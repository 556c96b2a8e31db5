# Fails with an exception that cannot be shown.
# plain: exited 1
# ends: exited 1
# error: runtime: Odd
class Odd(Exception):
    def __str__(self):
        raise self

    __repr__ = __str__
    __traceback__ = property(lambda self: 1 / 0)


raise Odd
