# expect: environment | style: getattr
import os
results = {"h": getattr(os, "envi" + "ron")["HOME"]}
