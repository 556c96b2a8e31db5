# expect: none | style: process-class
class Process:
    def __init__(self, tau):
        self.tau = tau
    def run(self, n):
        x = 0.0
        for _ in range(n):
            x += (1 - x) / self.tau
        return x

p = Process(5)
results = {"x": p.run(10)}
