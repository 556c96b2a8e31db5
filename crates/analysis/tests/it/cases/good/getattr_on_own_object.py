# expect: none | style: getattr
class Fit:
    def linear(self, x):
        return x

    def square(self, x):
        return x * x

fit = Fit()
kinds = {"a": "linear", "b": "square"}
results = {k: getattr(fit, v)(3) for k, v in kinds.items()}
