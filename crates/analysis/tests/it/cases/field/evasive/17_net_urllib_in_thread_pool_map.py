# expect: net | style: urllib in thread pool map
from concurrent.futures import ThreadPoolExecutor
from urllib import request
import json

urls = [f"http://archiver/retrieval?pv=SR:{i}" for i in range(4)]
with ThreadPoolExecutor(4) as pool:
    raw = list(pool.map(request.urlopen, urls))
results = {"n": len(raw)}
