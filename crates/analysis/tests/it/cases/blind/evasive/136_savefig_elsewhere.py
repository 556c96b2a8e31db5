# expect: fs.write | style: savefig-elsewhere
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
save = fig.savefig
save(fname="/srv/archive/" + "plot.png")
results = {}
