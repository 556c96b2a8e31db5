# expect: artifact | style: image-filter
from PIL import Image, ImageFilter
im = Image.new("L", (8, 8), 128)
im.filter(ImageFilter.BLUR).save("blur.png")
im2 = Image.open("blur.png")
results = {"size": im2.size}
