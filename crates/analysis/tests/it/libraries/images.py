import cv2, imageio, imageio.v3 as iio, skimage.io, tifffile
from PIL import Image, ImageFont, ImageGrab, ImageFile
im = Image.new('L', (1, 1))
Image.open('/a.png')  # -> fs.read
Image.open('a.png')  # -> input
Image.open(fp='/a.png')  # -> fs.read
Image.open('a.png').convert('L').resize((1, 1)).save('/b.png')  # -> fs.write, input
im.save('/a.png')  # -> fs.write
im.save('a.png')  # -> artifact
im.save(fp='/a.png')  # -> fs.write
im.show()  # -> process
im.filter(None)  # -> none
im.point(lambda p: p)  # -> none
ImageFont.truetype('DejaVuSans.ttf')  # -> none
ImageFont.truetype('/a.ttf')  # -> fs.read
ImageGrab.grab()  # -> environment
imageio.imread('/a.png')  # -> fs.read
imageio.imread(uri='/a.png')  # -> fs.read
imageio.imread('https://a/b.png')  # -> net
imageio.imwrite('/a.png', None)  # -> fs.write
imageio.mimwrite('/a.gif', [])  # -> fs.write
iio.imopen('/a.png', 'w')  # -> fs.write
iio.imwrite('a.png', None)  # -> artifact
skimage.io.imread('/a.png')  # -> fs.read
skimage.io.imsave('/a.png', None)  # -> fs.write
skimage.io.imread_collection('/a/*.png')  # -> fs.read
skimage.io.ImageCollection('/a/*.png')  # -> fs.read
cv2.imread('/a.png')  # -> fs.read
cv2.imread('a.png')  # -> input
cv2.imwrite('/a.png', None)  # -> fs.write
cv2.imwrite('a.png', None)  # -> artifact
cv2.VideoCapture('/a.mp4')  # -> fs.read
cv2.VideoCapture(0)  # -> none
cv2.VideoCapture('rtsp://a/b')  # -> net
cv2.VideoWriter('/a.mp4', 0, 1, (1, 1))  # -> fs.write
cv2.FileStorage('/a.yml', 1)  # -> fs.write
cv2.GaussianBlur(None, (1, 1), 0)  # -> none
tifffile.imread('/a.tif')  # -> fs.read
tifffile.imread('a.tif')  # -> input
tifffile.imwrite('/a.tif', None)  # -> fs.write
tifffile.TiffFile('/a.tif')  # -> fs.read
tifffile.TiffWriter('/a.tif')  # -> fs.write
