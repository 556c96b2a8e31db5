# expect: none | style: widgets
import matplotlib.pyplot as plt
from matplotlib.widgets import Button, CheckButtons
fig, ax = plt.subplots()
button = Button(ax, "open")
button.on_clicked(lambda event: None)
fig.canvas.mpl_connect("key_press_event", lambda e: e.key)
results = {}
