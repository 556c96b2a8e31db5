# expect: fs.delete | style: getattr
import os
getattr(os, "rem" + "ove")("/nonexistent/a")
results = {}
