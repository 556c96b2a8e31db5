# expect: artifact | style: PIL
from PIL import Image
import numpy as np
image = Image.fromarray(np.zeros((4, 4), dtype="uint8"))
image.resize((2, 2)).save("small.png")
results = {}
