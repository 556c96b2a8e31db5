# expect: artifact | style: pdf
from matplotlib.backends.backend_pdf import PdfPages
import matplotlib.pyplot as plt
with PdfPages("report.pdf") as pdf:
    for i in range(2):
        fig = plt.figure()
        pdf.savefig(fig)
results = {}
