# expect: artifact | style: main
import numpy as np

def main(path="out.npy"):
    np.save(path, np.zeros(3))
    return path

if __name__ == "__main__":
    results = {"p": main()}
