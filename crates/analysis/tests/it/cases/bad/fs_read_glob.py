# expect: fs.read | style: glob
import glob
results = {"n": len(glob.glob("/nonexistent/*"))}
