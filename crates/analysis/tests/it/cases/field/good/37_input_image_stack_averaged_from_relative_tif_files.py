# expect: input | style: image stack averaged from relative tif files
from pathlib import Path
import numpy as np
from PIL import Image

stack = [np.array(Image.open(p)) for p in sorted(Path("frames").glob("*.tif"))]
mean = np.mean(stack, axis=0)
results = {"shape": list(mean.shape), "max": float(mean.max())}
