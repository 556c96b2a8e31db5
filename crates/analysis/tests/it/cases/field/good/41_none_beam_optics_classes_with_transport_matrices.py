# expect: none | style: beam optics classes with transport matrices
import numpy as np

class Element:
    def __init__(self, length):
        self.length = length
    def matrix(self):
        raise NotImplementedError

class Drift(Element):
    def matrix(self):
        return np.array([[1, self.length], [0, 1.0]])

class Quad(Element):
    def __init__(self, length, k):
        super().__init__(length)
        self.k = k
    def matrix(self):
        if self.k == 0:
            return Drift(self.length).matrix()
        w = np.sqrt(abs(self.k))
        phi = w * self.length
        if self.k > 0:
            return np.array([[np.cos(phi), np.sin(phi) / w], [-w * np.sin(phi), np.cos(phi)]])
        return np.array([[np.cosh(phi), np.sinh(phi) / w], [w * np.sinh(phi), np.cosh(phi)]])

line = [Drift(1.0), Quad(0.3, 1.2), Drift(2.0), Quad(0.3, -1.2), Drift(1.0)]
M = np.linalg.multi_dot([e.matrix() for e in reversed(line)])
results = {"trace": float(np.trace(M)), "stable": bool(abs(np.trace(M)) < 2), "det": float(np.linalg.det(M))}
