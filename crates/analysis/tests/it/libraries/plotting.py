import matplotlib, matplotlib.pyplot as plt, seaborn as sns, plotly.express as px, plotly.graph_objects as go
import plotly.io as pio, bokeh.plotting, bokeh.io, altair as alt, matplotlib.animation as animation, matplotlib.style
from matplotlib.backends.backend_pdf import PdfPages
fig, ax = plt.subplots()
plt.savefig('/a.png')  # -> fs.write
plt.savefig(fname='/a.png')  # -> fs.write
plt.savefig('a.png')  # -> artifact
fig.savefig('/a.png')  # -> fs.write
fig.savefig('a.png', dpi=100)  # -> artifact
ax.get_figure().savefig('/a.png')  # -> fs.write
plt.imsave('/a.png', [[1]])  # -> fs.write
plt.imread('/a.png')  # -> fs.read
plt.imread('a.png')  # -> input
plt.style.use('ggplot')  # -> none
plt.style.use('/a.mplstyle')  # -> fs.read
plt.style.use('https://a/b.mplstyle')  # -> net
plt.rc_context(fname='/a.rc')  # -> fs.read
matplotlib.rc_file('/a.rc')  # -> fs.read
matplotlib.rcParams['savefig.directory'] = 'x'  # -> none
matplotlib.use('Agg')  # -> none
matplotlib.font_manager.fontManager.addfont('/a.ttf')  # -> fs.read
PdfPages('/a.pdf')  # -> fs.write
PdfPages('a.pdf')  # -> artifact
animation.FuncAnimation(fig, print).save('/a.gif')  # -> fs.write
animation.FuncAnimation(fig, print).save('a.gif', writer='pillow')  # -> artifact
animation.FuncAnimation(fig, print).save('a.mp4', writer='ffmpeg')  # -> process, artifact
animation.FuncAnimation(fig, print).to_jshtml()  # -> none
animation.PillowWriter(fps=10)  # -> none
animation.FFMpegWriter(fps=10)  # -> process
fig.canvas.print_png('/a.png')  # -> fs.write
fig.canvas.draw()  # -> none
sns.load_dataset('iris')  # -> net
sns.relplot(data=[1]).savefig('/a.png')  # -> fs.write
sns.relplot(data=[1]).savefig('a.png')  # -> artifact
sns.heatmap([[1]]).figure.savefig('/a.png')  # -> fs.write
px.line(x=[1]).write_html('/a.html')  # -> fs.write
px.line(x=[1]).write_html('a.html')  # -> artifact
px.line(x=[1]).write_image(file='/a.png')  # -> fs.write
px.line(x=[1]).show()  # -> none
go.Figure().write_json('/a.json')  # -> fs.write
pio.write_image(go.Figure(), '/a.png')  # -> fs.write
pio.write_html(go.Figure(), file='/a.html')  # -> fs.write
pio.read_json('/a.json')  # -> fs.read
bokeh.plotting.output_file('/a.html')  # -> fs.write
bokeh.plotting.output_file('a.html')  # -> artifact
bokeh.io.save(None, '/a.html')  # -> fs.write
bokeh.io.export_png(None, filename='/a.png')  # -> fs.write
alt.Chart(None).save('/a.html')  # -> fs.write
alt.Chart(None).save('a.html')  # -> artifact
plt.show()  # -> none
plt.waitforbuttonpress()  # -> none
plt.switch_backend('agg')  # -> none
