# expect: process | style: mpl-event
import os
import matplotlib.pyplot as plt
fig = plt.figure()
fig.canvas.mpl_connect("draw_event", lambda e: os.system("true"))
fig.canvas.draw()
