# expect: fs.delete | style: shutil rmtree as onerror callback name
import shutil
cleanup = {"tree": shutil.rmtree, "noop": print}
action = "tree"
cleanup[action]("/scratch/old", ignore_errors=True)
results = {"done": True}
