# expect: artifact | style: fstring
import matplotlib.pyplot as plt
import numpy as np
for i, freq in enumerate([1.0, 2.0, 5.0]):
    plt.figure()
    plt.plot(np.sin(freq * np.linspace(0, 1)))
    plt.savefig(f"wave_{i:02d}_{freq:.1f}.png")
    plt.close()
results = {"n": 3}
