# expect: fs.write | style: function
import matplotlib.pyplot as plt

def save(fig, folder, name="plot"):
    fig.savefig(f"{folder}/{name}.png")

fig, ax = plt.subplots()
save(fig, "/nonexistent/figures")
results = {}
