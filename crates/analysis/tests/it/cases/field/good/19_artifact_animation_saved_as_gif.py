# expect: artifact | style: animation saved as gif
import numpy as np
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation, PillowWriter

fig, ax = plt.subplots()
(line,) = ax.plot([], [])
ax.set(xlim=(0, 6.3), ylim=(-1, 1))
x = np.linspace(0, 6.3, 100)

def update(i):
    line.set_data(x, np.sin(x + i / 5))
    return (line,)

anim = FuncAnimation(fig, update, frames=10, blit=True)
anim.save("wave.gif", writer=PillowWriter(fps=10))
results = {"frames": 10}
