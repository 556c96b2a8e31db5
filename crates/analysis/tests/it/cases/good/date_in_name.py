# expect: artifact | style: datetime
import datetime
import matplotlib.pyplot as plt
stamp = datetime.datetime.now().strftime("%Y%m%d_%H%M%S")
plt.plot([1])
plt.savefig(f"plot_{stamp}.png")
plt.savefig(stamp + ".png")
results = {}
