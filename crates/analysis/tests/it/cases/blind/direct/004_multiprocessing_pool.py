# expect: process | style: multiprocessing-pool
from multiprocessing import Pool

def square(x):
    return x * x

if __name__ == "__main__":
    with Pool(2) as pool:
        results = {"s": pool.map(square, [1, 2, 3])}
