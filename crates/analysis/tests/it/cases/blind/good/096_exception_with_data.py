# expect: none | style: exception-with-data
class FitError(ValueError):
    def __init__(self, message, chi2, values):
        super().__init__(message)
        self.chi2 = chi2
        self.values = values

try:
    raise FitError("bad", 3.5, [1, 2])
except FitError as error:
    results = {"chi2": error.chi2, "n": len(error.values), "text": str(error), "args": error.args}
