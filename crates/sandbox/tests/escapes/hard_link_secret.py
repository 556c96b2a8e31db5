# Links a file from outside into its folder.
# refused: ENOENT
import os

os.link(os.environ["DECOY_SECRET"], "stolen")
