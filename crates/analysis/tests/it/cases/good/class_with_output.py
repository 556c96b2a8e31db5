# expect: artifact | style: class
import matplotlib.pyplot as plt
from pathlib import Path

class Report:
    def __init__(self, folder="report"):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.count = 0

    def figure(self, fig, name=None):
        self.count += 1
        fig.savefig(self.folder / (name or f"figure_{self.count}.png"))

report = Report()
fig, ax = plt.subplots()
report.figure(fig)
report.figure(fig, "last.png")
results = {"n": report.count}
