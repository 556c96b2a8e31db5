# expect: none | style: image processing with skimage and PIL
import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage as ndi

img = Image.new("L", (64, 64))
d = ImageDraw.Draw(img)
d.ellipse((10, 10, 40, 40), fill=255)
a = np.asarray(img.filter if False else img, dtype=float)
s = ndi.gaussian_filter(a, 2)
lab, n = ndi.label(s > 100)
com = ndi.center_of_mass(s, lab, range(1, n + 1))
results = {"n": int(n), "com": [list(map(float, c)) for c in com]}
