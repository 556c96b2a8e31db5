# expect: none | style: animation-slider
import matplotlib.pyplot as plt
from matplotlib.widgets import Button
from matplotlib import animation
fig, ax = plt.subplots()
line, = ax.plot([], [])
ani = animation.FuncAnimation(fig, lambda i: line.set_data([0, i], [0, i]), frames=3)
b = Button(ax, "delete")
b.on_clicked(lambda e: line.remove())
fig.canvas.mpl_connect("close_event", print)
results = {"n": 3}
