# expect: none | style: animation
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
fig, ax = plt.subplots()
line, = ax.plot([])

def update(frame):
    line.set_data([0, frame], [0, frame])
    return line,

ani = FuncAnimation(fig, update, frames=3)
results = {}
